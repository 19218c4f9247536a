//! The alerts of a running server.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::Utc;
use tokio::sync::{Notify, watch};

use super::egress::Egress;
use super::error::AlertError;
use super::evaluate::evaluate;
use super::schedule::Schedule;
use super::sender::Sender;
use super::sent::SentAlert;
use super::store::{AlertStore, Turnkey};
use super::token::Token;
use crate::ServeState;

/// How alerts are kept and sent.
#[derive(Debug, Clone, Default)]
pub struct AlertOptions {
    /// The database.
    pub file: PathBuf,
    /// Where messages may be sent.
    pub egress: Egress,
    /// When they are tried again.
    pub schedule: Schedule,
    /// What the API of alerts asks for; without one it answers nobody.
    pub token: Option<String>,
}

/// The alerts of a running server; a clone shares them.
#[derive(Debug, Clone)]
pub struct Alerts(Arc<Running>);

#[derive(Debug)]
struct Running {
    store: AlertStore,
    sender: Sender,
    schedule: Schedule,
    token: Option<Token>,
    /// The last place in the outbox that streams may read up to.
    news: watch::Sender<i64>,
    /// Something may be due.
    due: Notify,
    /// Whether the server is stopping.
    stopping: watch::Sender<bool>,
    _turnkey: Turnkey,
}

impl Alerts {
    /// Opens the database and takes the right to deliver from it.
    ///
    /// # Errors
    /// [`AlertError::Taken`] if another process has that right, or what [`AlertStore::open`] says.
    pub fn open(options: AlertOptions) -> Result<Self, AlertError> {
        let AlertOptions { file, egress, schedule, token } = options;
        let store = AlertStore::open(&file)?;
        let turnkey = store.take()?;
        let (news, _) = watch::channel(store.last_place()?);
        let (stopping, _) = watch::channel(false);
        let (sender, token) = (Sender::new(egress)?, token.as_deref().map(Token::new));
        let due = Notify::new();
        let running =
            Running { store, sender, schedule, token, news, due, stopping, _turnkey: turnkey };
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
    pub fn evaluate(&self, state: &ServeState) -> Result<usize, AlertError> {
        let store = &self.0.store;
        let (subscriptions, kept) = (store.subscriptions()?, store.watches()?);
        let changes = evaluate(state, &subscriptions, &kept)?;
        let count = store.commit(&changes, Utc::now())?;
        self.0.news.send_replace(store.last_place()?);
        self.0.due.notify_one();
        Ok(count)
    }

    /// Ends streams of events, and deliveries once those under way are done.
    pub fn stop(&self) {
        self.0.stopping.send_replace(true);
        self.0.due.notify_one();
    }

    /// Whether a text is the token; `None` if there is no token.
    pub(crate) fn knows(&self, token: &str) -> Option<bool> {
        self.0.token.as_ref().map(|known| known.is(token))
    }

    pub(crate) fn egress(&self) -> &Egress {
        self.0.sender.egress()
    }

    pub(crate) fn news(&self) -> watch::Receiver<i64> {
        self.0.news.subscribe()
    }

    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.subscribe()
    }

    pub(super) fn sender(&self) -> &Sender {
        &self.0.sender
    }

    pub(super) fn schedule(&self) -> &Schedule {
        &self.0.schedule
    }

    pub(super) async fn something_due(&self) {
        self.0.due.notified().await;
    }

    /// Asks the database, away from the runtime's threads.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&AlertStore) -> Result<T, AlertError> + Send + 'static,
    ) -> Result<T, AlertError> {
        let store = self.0.store.clone();
        let asked = tokio::task::spawn_blocking(move || ask(&store)).await;
        asked.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}
