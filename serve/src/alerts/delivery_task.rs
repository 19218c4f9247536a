//! Messages go out: in order for each endpoint, to several endpoints at once.

use std::collections::HashSet;
use std::time::Duration;

use chrono::Utc;
use tokio::task::JoinSet;

use super::error::AlertError;
use super::service::AlertService;
use super::store::DueMessage;
use super::webhook_sender::WebhookRequest;

/// Most endpoints that are sent to at once.
const MAX_CONCURRENT_ENDPOINTS: usize = 16;
/// Another process may have put something into the outbox, so it is looked at this often.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

impl AlertService {
    /// Delivers what is pending until the server stops, then finishes what is under way.
    ///
    /// An attempt is written down once it is over: one that a crash cuts short is made again, under
    /// the same id.
    pub async fn deliver(self) {
        let mut stopping = self.stop_signal();
        let mut under_way = InFlight::default();
        loop {
            let wait = match self.send_due(&mut under_way).await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "nothing can be delivered"
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

    /// Sends what is due to endpoints that nothing is under way to; returns how long to wait for
    /// more.
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
        // What is due already waits for its endpoint, whose end is waited for as well.
        Ok(wait
            .filter(|wait| !wait.is_zero())
            .map_or(POLL_INTERVAL, |wait| wait.min(POLL_INTERVAL)))
    }

    /// Sends one message once and writes down what came of it; returns the endpoint.
    async fn attempt(&self, due: DueMessage) -> String {
        let DueMessage { id, subscription, url, body } = due;
        if let Err(error) = self.deliver_once(&id, subscription, &url, body).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                id,
                "a delivery was not written down"
            );
            // It is due still; the database may need a moment.
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
        let parcel = WebhookRequest { id: id.to_owned(), body, url: url.to_owned(), secrets };
        let reply = self.sender().send(&parcel).await;
        let (schedule, id) = (self.schedule().clone(), id.to_owned());
        let noted = self.with_store(move |store| {
            let status = store.record_attempt(&id, &reply, &schedule, Utc::now())?;
            Ok((id, reply, status))
        });
        let (id, reply, status) = noted.await?;
        tracing::info!(id, %reply, status = status.as_str(), "an attempt");
        Ok(())
    }
}

/// Attempts that have begun, at most one an endpoint.
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
                // Which endpoint it was is lost, so all are open again once the others are done.
                tracing::error!(error = &error as &dyn std::error::Error, "a delivery panicked");
                if self.tasks.is_empty() {
                    self.endpoints.clear();
                }
            }
        }
    }
}
