//! Delivery of messages: in order per endpoint, to several endpoints concurrently.

use std::collections::HashSet;
use std::time::Duration;

use chrono::Utc;
use tokio::task::JoinSet;

use crate::alerts::error::AlertError;
use crate::alerts::service::AlertService;
use crate::alerts::store::outbox::DueMessage;
use crate::alerts::webhook::sender::WebhookRequest;

/// Maximum number of endpoints that are sent to at once.
const MAX_CONCURRENT_ENDPOINTS: usize = 16;
/// Interval at which the outbox is polled, since another process may write to it.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

impl AlertService {
    /// Delivers pending messages until the server stops, then finishes the attempts in progress.
    ///
    /// An attempt is recorded once it is over: one that a crash interrupts is repeated, with the same
    /// id.
    pub async fn deliver(self) {
        let mut stopping = self.stop_signal();
        let mut under_way = InFlight::default();
        loop {
            let wait = match self.send_due(&mut under_way).await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "messages cannot be delivered"
                    );
                    POLL_INTERVAL
                }
            };
            tokio::select! {
                Some(done) = under_way.tasks.join_next() => under_way.finish(done),
                () = self.wait_until_due() => {}
                () = tokio::time::sleep(wait) => {}
                _ = stopping.wait_for(|stopping| *stopping) => break,
            }
        }
        while under_way.tasks.join_next().await.is_some() {}
    }

    /// Sends what is due to endpoints without an attempt in progress; returns how long to wait before
    /// the next call.
    async fn send_due(&self, under_way: &mut InFlight) -> Result<Duration, AlertError> {
        let (due, next) = self
            .with_store(|store| Ok((store.due_messages(Utc::now())?, store.next_due_at()?)))
            .await?;
        for due in due {
            if under_way.endpoints.len() >= MAX_CONCURRENT_ENDPOINTS {
                break;
            }
            if under_way.endpoints.insert(due.url.clone()) {
                let alerts = self.clone();
                under_way.tasks.spawn(async move { alerts.attempt(due).await });
            }
        }
        let wait = next.and_then(|next| (next - Utc::now()).to_std().ok());
        // A message that is due already waits for its endpoint; the end of that attempt wakes the loop.
        Ok(wait
            .filter(|wait| !wait.is_zero())
            .map_or(POLL_INTERVAL, |wait| wait.min(POLL_INTERVAL)))
    }

    /// Makes one attempt and records its result; returns the endpoint.
    async fn attempt(&self, due: DueMessage) -> String {
        let DueMessage { id, subscription, url, body } = due;
        if let Err(error) = self.deliver_once(&id, subscription, &url, body).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                id,
                "a delivery attempt could not be recorded"
            );
            // It is still due; the database may need a moment.
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        url
    }

    async fn deliver_once(
        &self,
        id: &str,
        subscription: String,
        url: &str,
        body: String,
    ) -> Result<(), AlertError> {
        let secrets = self.with_store(move |store| store.secrets(&subscription)).await?;
        let webhook = WebhookRequest { id: id.to_owned(), body, url: url.to_owned(), secrets };
        let reply = self.sender().send(&webhook).await;
        let (schedule, id) = (self.schedule().clone(), id.to_owned());
        let recorded = self.with_store(move |store| {
            let status = store.record_attempt(&id, &reply, &schedule, Utc::now())?;
            Ok((id, reply, status))
        });
        let (id, reply, status) = recorded.await?;
        tracing::info!(id, %reply, status = status.as_str(), "delivery attempt");
        Ok(())
    }
}

/// Attempts in progress, at most one per endpoint.
#[derive(Default)]
struct InFlight {
    tasks: JoinSet<String>,
    endpoints: HashSet<String>,
}

impl InFlight {
    fn finish(&mut self, done: Result<String, tokio::task::JoinError>) {
        match done {
            Ok(endpoint) => {
                self.endpoints.remove(&endpoint);
            }
            Err(error) => {
                // The endpoint is unknown, so all are released once the other attempts are done.
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a delivery attempt panicked"
                );
                if self.tasks.is_empty() {
                    self.endpoints.clear();
                }
            }
        }
    }
}
