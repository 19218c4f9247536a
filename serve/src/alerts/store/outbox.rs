//! Messages and their delivery attempts.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use crate::alerts::error::AlertError;
use crate::alerts::sent_alert::{DeliveryStatus, SentAlert};
use crate::alerts::store::AlertStore;
use crate::alerts::store::from_millis;
use crate::alerts::webhook::endpoint_reply::{DeliveryOutcome, EndpointReply};
use crate::alerts::webhook::retry_schedule::{FailedAttempt, RetrySchedule};

const SELECT_SENT: &str = "SELECT id, subscription, account, kind, text, as_of_s, created_ms, status, \
    attempts, last_status, last_error, next_ms, delivered_ms FROM outbox";

/// The oldest pending message of each endpoint: messages are delivered in order, so it is the only
/// one that may be tried.
const OLDEST_PENDING: &str =
    "SELECT min(sequence) FROM outbox WHERE status = 'pending' GROUP BY url";

/// A message that may be tried now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DueMessage {
    /// The message's id.
    pub id: String,
    /// Its subscription.
    pub subscription: String,
    /// Its endpoint.
    pub url: String,
    /// JSON.
    pub body: String,
}

/// A message in an event stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamedMessage {
    /// Its position in the outbox; positions only increase.
    pub sequence: i64,
    /// The message's id.
    pub id: String,
    /// The message's type.
    pub kind: String,
    /// JSON.
    pub body: String,
}

impl AlertStore {
    /// The messages that may be tried now, one per endpoint, longest due first.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub(crate) fn due_messages(&self, now: DateTime<Utc>) -> Result<Vec<DueMessage>, AlertError> {
        let connection = self.lock();
        let mut statement = connection.prepare(&format!(
            "SELECT id, subscription, url, body FROM outbox \
             WHERE sequence IN ({OLDEST_PENDING}) AND next_ms <= ? ORDER BY next_ms, sequence"
        ))?;
        let rows = statement.query_map([now.timestamp_millis()], |row| {
            Ok(DueMessage {
                id: row.get("id")?,
                subscription: row.get("subscription")?,
                url: row.get("url")?,
                body: row.get("body")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the next message may be tried; `None` if none is pending.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub(crate) fn next_due_at(&self) -> Result<Option<DateTime<Utc>>, AlertError> {
        let sql = format!("SELECT min(next_ms) FROM outbox WHERE sequence IN ({OLDEST_PENDING})");
        let next: Option<i64> = self.lock().query_row(&sql, [], |row| row.get(0))?;
        Ok(next.map(from_millis))
    }

    /// Records the result of an attempt.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub(crate) fn record_attempt(
        &self,
        id: &str,
        reply: &EndpointReply,
        schedule: &RetrySchedule,
        now: DateTime<Utc>,
    ) -> Result<DeliveryStatus, AlertError> {
        self.in_transaction(|transaction| {
            let before = attempts_before(transaction, id)?;
            let attempts = before.attempts + 1;
            let delay = match reply.outcome() {
                // Its subscription was removed during the attempt.
                DeliveryOutcome::Failed { .. } if !before.is_pending => None,
                DeliveryOutcome::Failed { throttled, retry_after } => {
                    let age = (now - before.created_at).to_std().unwrap_or_default();
                    schedule.next_delay(&FailedAttempt {
                        id,
                        attempts,
                        age,
                        retry_after,
                        throttled,
                    })
                }
                DeliveryOutcome::Delivered | DeliveryOutcome::Gone => None,
            };
            let status = match (reply.outcome(), delay) {
                (DeliveryOutcome::Delivered, _) => DeliveryStatus::Delivered,
                (_, Some(_)) => DeliveryStatus::Pending,
                (_, None) => DeliveryStatus::Failed,
            };
            let delivered = status == DeliveryStatus::Delivered;
            let now_ms = now.timestamp_millis();
            transaction.execute(
                "UPDATE outbox SET status = :status, attempts = :attempts, \
                 last_status = :last_status, last_error = :last_error, next_ms = :next_ms, \
                 delivered_ms = :delivered_ms WHERE id = :id",
                named_params! {
                    ":id": id,
                    ":status": status.as_str(),
                    ":attempts": attempts,
                    ":last_status": reply.status(),
                    ":last_error": (!delivered).then(|| reply.to_string()),
                    ":next_ms": delay.map(|delay| now_ms + delay.as_millis() as i64),
                    ":delivered_ms": delivered.then_some(now_ms),
                },
            )?;
            if reply.outcome() == DeliveryOutcome::Gone {
                disable_subscription(transaction, &before.subscription)?;
            }
            Ok(status)
        })
    }

    /// The latest messages, newest first.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub fn recent(&self, limit: usize) -> Result<Vec<SentAlert>, AlertError> {
        let connection = self.lock();
        let sql = format!("{SELECT_SENT} ORDER BY sequence DESC LIMIT ?");
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([limit as i64], read_sent_alert)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Number of messages by status.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub fn status_counts(&self) -> Result<[(DeliveryStatus, usize); 4], AlertError> {
        let connection = self.lock();
        let mut statement = connection.prepare("SELECT count(*) FROM outbox WHERE status = ?")?;
        let mut counts = DeliveryStatus::ALL.map(|status| (status, 0));
        for (status, count) in &mut counts {
            *count = statement.query_row([status.as_str()], |row| row.get(0))?;
        }
        Ok(counts)
    }

    /// Messages after a position in the outbox, in order.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub fn messages_after(
        &self,
        sequence: i64,
        limit: usize,
    ) -> Result<Vec<StreamedMessage>, AlertError> {
        let connection = self.lock();
        let mut statement = connection.prepare(
            "SELECT sequence, id, kind, body FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?",
        )?;
        let rows = statement.query_map(params![sequence, limit as i64], |row| {
            Ok(StreamedMessage {
                sequence: row.get("sequence")?,
                id: row.get("id")?,
                kind: row.get("kind")?,
                body: row.get("body")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A message's position in the outbox.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub(crate) fn outbox_position(&self, id: &str) -> Result<Option<i64>, AlertError> {
        let sql = "SELECT sequence FROM outbox WHERE id = ?";
        Ok(self.lock().query_row(sql, [id], |row| row.get(0)).optional()?)
    }

    /// The last message's position in the outbox; 0 without one.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub(crate) fn last_outbox_position(&self) -> Result<i64, AlertError> {
        let sql = "SELECT coalesce(max(sequence), 0) FROM outbox";
        Ok(self.lock().query_row(sql, [], |row| row.get(0))?)
    }
}

/// A message before an attempt is recorded.
struct RecordedAttempts {
    attempts: u32,
    created_at: DateTime<Utc>,
    subscription: String,
    is_pending: bool,
}

fn attempts_before(connection: &Connection, id: &str) -> rusqlite::Result<RecordedAttempts> {
    let sql = "SELECT attempts, created_ms, subscription, status FROM outbox WHERE id = ?";
    connection.query_row(sql, [id], |row| {
        Ok(RecordedAttempts {
            attempts: row.get("attempts")?,
            created_at: from_millis(row.get("created_ms")?),
            subscription: row.get("subscription")?,
            is_pending: row.get::<_, String>("status")? == DeliveryStatus::Pending.as_str(),
        })
    })
}

fn read_sent_alert(row: &Row<'_>) -> rusqlite::Result<SentAlert> {
    let status: String = row.get("status")?;
    let known = DeliveryStatus::ALL.into_iter().find(|known| known.as_str() == status);
    Ok(SentAlert {
        id: row.get("id")?,
        subscription: row.get("subscription")?,
        account: row.get("account")?,
        kind: row.get("kind")?,
        text: row.get("text")?,
        as_of: from_millis(row.get::<_, i64>("as_of_s")? * 1_000),
        created_at: from_millis(row.get("created_ms")?),
        status: known.unwrap_or(DeliveryStatus::Failed),
        attempts: row.get("attempts")?,
        last_status: row.get("last_status")?,
        last_error: row.get("last_error")?,
        next_at: row.get::<_, Option<i64>>("next_ms")?.map(from_millis),
        delivered_at: row.get::<_, Option<i64>>("delivered_ms")?.map(from_millis),
    })
}

fn disable_subscription(connection: &Connection, subscription: &str) -> rusqlite::Result<()> {
    let reason = "the endpoint answered 410: it accepts no more messages";
    let sql = "UPDATE subscriptions SET disabled = ? WHERE id = ?";
    connection.execute(sql, params![reason, subscription])?;
    drop_pending(connection, subscription)
}

/// Drops the pending messages of a subscription.
pub(crate) fn drop_pending(connection: &Connection, subscription: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE outbox SET status = 'dropped', next_ms = NULL \
        WHERE subscription = ? AND status = 'pending'";
    connection.execute(sql, [subscription]).map(|_| ())
}
