//! The alerts of a running server.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::Utc;
use tokio::sync::{Notify, watch};

use super::egress::EgressPolicy;
use super::error::AlertError;
use super::evaluation::evaluate_watches;
use super::operator_token::OperatorToken;
use super::retry_schedule::RetrySchedule;
use super::sent_alert::SentAlert;
use super::store::{AlertStore, DeliveryLock};
use super::webhook_sender::WebhookSender;
use crate::ServerSnapshot;

/// How alerts are kept and sent.
#[derive(Debug, Clone, Default)]
pub struct AlertOptions {
    /// The database.
    pub file: PathBuf,
    /// Where messages may be sent.
    pub egress: EgressPolicy,
    /// When they are tried again.
    pub schedule: RetrySchedule,
    /// What the API of alerts asks for; without one it answers nobody.
    pub token: Option<String>,
}

/// The alerts of a running server; a clone shares them.
#[derive(Debug, Clone)]
pub struct AlertService(Arc<ServiceState>);

#[derive(Debug)]
struct ServiceState {
    store: AlertStore,
    sender: WebhookSender,
    schedule: RetrySchedule,
    token: Option<OperatorToken>,
    /// The last place in the outbox that streams may read up to.
    outbox_cursor: watch::Sender<i64>,
    /// Something may be due.
    due_signal: Notify,
    /// Whether the server is stopping.
    stop_signal: watch::Sender<bool>,
    _delivery_lock: DeliveryLock,
}

impl AlertService {
    /// Opens the database and takes the right to deliver from it.
    ///
    /// # Errors
    /// [`AlertError::Taken`] if another process has that right, or what [`AlertStore::open`] says.
    pub fn open(options: AlertOptions) -> Result<Self, AlertError> {
        let AlertOptions { file, egress, schedule, token } = options;
        let store = AlertStore::open(&file)?;
        let turnkey = store.acquire_delivery_lock()?;
        let (news, _) = watch::channel(store.last_outbox_position()?);
        let (stopping, _) = watch::channel(false);
        let (sender, token) =
            (WebhookSender::new(egress)?, token.as_deref().map(OperatorToken::new));
        let due = Notify::new();
        let running = ServiceState {
            store,
            sender,
            schedule,
            token,
            outbox_cursor: news,
            due_signal: due,
            stop_signal: stopping,
            _delivery_lock: turnkey,
        };
        Ok(Self(Arc::new(running)))
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &AlertStore {
        &self.0.store
    }

    /// The latest messages and what became of them, the newest first; it blocks on the disk.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub fn recent(&self, limit: usize) -> Result<Vec<SentAlert>, AlertError> {
        self.0.store.recent(limit)
    }

    /// Looks at a state through every subscription, and puts what there is to say into the outbox
    /// in the transaction that remembers it was said; returns how many messages are new.
    ///
    /// It blocks, and must not be called twice at once.
    ///
    /// # Errors
    /// [`AlertError::Database`] or [`AlertError::Model`]; nothing was written then.
    pub fn evaluate(&self, state: &ServerSnapshot) -> Result<usize, AlertError> {
        let store = &self.0.store;
        let (subscriptions, kept) = (store.subscriptions()?, store.watches()?);
        let changes = evaluate_watches(state, &subscriptions, &kept)?;
        let count = store.commit_changes(&changes, Utc::now())?;
        self.0.outbox_cursor.send_replace(store.last_outbox_position()?);
        self.0.due_signal.notify_one();
        Ok(count)
    }

    /// Ends streams of events, and deliveries once those under way are done.
    pub fn stop(&self) {
        self.0.stop_signal.send_replace(true);
        self.0.due_signal.notify_one();
    }

    /// Whether a text is the token; `None` if there is no token.
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

    pub(super) fn sender(&self) -> &WebhookSender {
        &self.0.sender
    }

    pub(super) fn schedule(&self) -> &RetrySchedule {
        &self.0.schedule
    }

    pub(super) async fn wait_until_due(&self) {
        self.0.due_signal.notified().await;
    }

    /// Asks the database, away from the runtime's threads.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&AlertStore) -> Result<T, AlertError> + Send + 'static,
    ) -> Result<T, AlertError> {
        let store = self.0.store.clone();
        let asked = tokio::task::spawn_blocking(move || ask(&store)).await;
        asked.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}
