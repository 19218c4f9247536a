//! The alert service of a running server.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::Utc;
use tokio::sync::{Notify, watch};

use crate::alerts::error::AlertError;
use crate::alerts::evaluation::evaluate_watches;
use crate::alerts::operator_token::OperatorToken;
use crate::alerts::sent_alert::SentAlert;
use crate::alerts::store::{AlertStore, DeliveryLock};
use crate::alerts::webhook::egress::EgressPolicy;
use crate::alerts::webhook::retry_schedule::RetrySchedule;
use crate::alerts::webhook::sender::WebhookSender;
use crate::state::server_snapshot::ServerSnapshot;

/// Options of the alert service.
#[derive(Debug, Clone, Default)]
pub struct AlertOptions {
    /// The database file.
    pub file: PathBuf,
    /// Where messages may be sent.
    pub egress: EgressPolicy,
    /// The schedule of delivery attempts.
    pub schedule: RetrySchedule,
    /// The operator's token; without one the alerts API refuses all requests.
    pub token: Option<String>,
}

/// The alert service of a running server; a clone shares it.
#[derive(Debug, Clone)]
pub struct AlertService(Arc<ServiceState>);

#[derive(Debug)]
struct ServiceState {
    store: AlertStore,
    sender: WebhookSender,
    schedule: RetrySchedule,
    token: Option<OperatorToken>,
    /// The last position in the outbox that streams may read up to.
    outbox_cursor: watch::Sender<i64>,
    /// Notified when a message may be due.
    due_signal: Notify,
    /// Whether the server is stopping.
    stop_signal: watch::Sender<bool>,
    _delivery_lock: DeliveryLock,
}

impl AlertService {
    /// Opens the database and acquires the right to deliver from it.
    ///
    /// # Errors
    /// [`AlertError::Locked`] if another process has that right, or the errors of [`AlertStore::open`].
    pub fn open(options: AlertOptions) -> Result<Self, AlertError> {
        let AlertOptions { file, egress, schedule, token } = options;
        let store = AlertStore::open(&file)?;
        let delivery_lock = store.acquire_delivery_lock()?;
        let (outbox_cursor, _) = watch::channel(store.last_outbox_position()?);
        let (stop_signal, _) = watch::channel(false);
        let (sender, token) =
            (WebhookSender::new(egress)?, token.as_deref().map(OperatorToken::new));
        let due_signal = Notify::new();
        let state = ServiceState {
            store,
            sender,
            schedule,
            token,
            outbox_cursor,
            due_signal,
            stop_signal,
            _delivery_lock: delivery_lock,
        };
        Ok(Self(Arc::new(state)))
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &AlertStore {
        &self.0.store
    }

    /// The latest messages and their delivery, newest first; it blocks on the disk.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub fn recent(&self, limit: usize) -> Result<Vec<SentAlert>, AlertError> {
        self.0.store.recent(limit)
    }

    /// Evaluates all subscriptions against a snapshot, and writes messages into the outbox in the same
    /// transaction as the new watch states; returns the number of new messages.
    ///
    /// It blocks, and must not be called concurrently.
    ///
    /// # Errors
    /// [`AlertError::Database`] or [`AlertError::Model`]; then nothing was written.
    pub fn evaluate(&self, snapshot: &ServerSnapshot) -> Result<usize, AlertError> {
        let store = &self.0.store;
        let (subscriptions, watch_states) = (store.subscriptions()?, store.watches()?);
        let changes = evaluate_watches(snapshot, &subscriptions, &watch_states)?;
        let count = store.commit_changes(&changes, Utc::now())?;
        self.0.outbox_cursor.send_replace(store.last_outbox_position()?);
        self.0.due_signal.notify_one();
        Ok(count)
    }

    /// Ends event streams, and delivery once the attempts in progress are done.
    pub fn stop(&self) {
        self.0.stop_signal.send_replace(true);
        self.0.due_signal.notify_one();
    }

    /// Whether a text is the operator's token; `None` if there is no token.
    pub(crate) fn token_matches(&self, token: &str) -> Option<bool> {
        self.0.token.as_ref().map(|known| known.matches(token))
    }

    pub(crate) fn egress(&self) -> &EgressPolicy {
        self.0.sender.egress()
    }

    pub(crate) fn outbox_cursor(&self) -> watch::Receiver<i64> {
        self.0.outbox_cursor.subscribe()
    }

    pub(crate) fn stop_signal(&self) -> watch::Receiver<bool> {
        self.0.stop_signal.subscribe()
    }

    pub(crate) fn sender(&self) -> &WebhookSender {
        &self.0.sender
    }

    pub(crate) fn schedule(&self) -> &RetrySchedule {
        &self.0.schedule
    }

    pub(crate) async fn wait_until_due(&self) {
        self.0.due_signal.notified().await;
    }

    /// Runs a query on the database on a blocking thread.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        query: impl FnOnce(&AlertStore) -> Result<T, AlertError> + Send + 'static,
    ) -> Result<T, AlertError> {
        let store = self.0.store.clone();
        let result = tokio::task::spawn_blocking(move || query(&store)).await;
        result.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}
