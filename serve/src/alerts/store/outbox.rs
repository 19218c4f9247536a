//! Messages and their delivery attempts.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

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
            let (id, subscription) = (row.get(0)?, row.get(1)?);
            Ok(DueMessage { id, subscription, url: row.get(2)?, body: row.get(3)? })
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
            let sql =
                "SELECT attempts + 1, created_ms, subscription, status FROM outbox WHERE id = ?";
            let columns = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            let found: (u32, i64, String, String) = transaction.query_row(sql, [id], columns)?;
            let (attempts, created_ms, subscription, before) = found;
            let age = (now - from_millis(created_ms)).to_std().unwrap_or_default();
            let delay = match reply.outcome() {
                // Its subscription was removed during the attempt.
                DeliveryOutcome::Failed { .. } if before != DeliveryStatus::Pending.as_str() => {
                    None
                }
                DeliveryOutcome::Failed { throttled, retry_after } => schedule
                    .next_delay(&FailedAttempt { id, attempts, age, retry_after, throttled }),
                DeliveryOutcome::Delivered | DeliveryOutcome::Gone => None,
            };
            let status = match (reply.outcome(), delay) {
                (DeliveryOutcome::Delivered, _) => DeliveryStatus::Delivered,
                (_, Some(_)) => DeliveryStatus::Pending,
                (_, None) => DeliveryStatus::Failed,
            };
            let delivered = status == DeliveryStatus::Delivered;
            let next_ms = delay.map(|delay| now.timestamp_millis() + delay.as_millis() as i64);
            transaction.execute(
                "UPDATE outbox SET status = ?2, attempts = ?3, last_status = ?4, last_error = ?5, \
                 next_ms = ?6, delivered_ms = ?7 WHERE id = ?1",
                params![
                    id,
                    status.as_str(),
                    attempts,
                    reply.status(),
                    (!delivered).then(|| reply.to_string()),
                    next_ms,
                    delivered.then(|| now.timestamp_millis()),
                ],
            )?;
            if reply.outcome() == DeliveryOutcome::Gone {
                disable_subscription(transaction, &subscription)?;
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
                sequence: row.get(0)?,
                id: row.get(1)?,
                kind: row.get(2)?,
                body: row.get(3)?,
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

fn read_sent_alert(row: &Row<'_>) -> rusqlite::Result<SentAlert> {
    let status: String = row.get(7)?;
    let known = DeliveryStatus::ALL.into_iter().find(|known| known.as_str() == status);
    Ok(SentAlert {
        id: row.get(0)?,
        subscription: row.get(1)?,
        account: row.get(2)?,
        kind: row.get(3)?,
        text: row.get(4)?,
        as_of: from_millis(row.get::<_, i64>(5)? * 1_000),
        created_at: from_millis(row.get(6)?),
        status: known.unwrap_or(DeliveryStatus::Failed),
        attempts: row.get(8)?,
        last_status: row.get(9)?,
        last_error: row.get(10)?,
        next_at: row.get::<_, Option<i64>>(11)?.map(from_millis),
        delivered_at: row.get::<_, Option<i64>>(12)?.map(from_millis),
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
