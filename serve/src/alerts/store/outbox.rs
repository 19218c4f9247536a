//! Messages, and how often their endpoints were tried.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{AlertStore, at};
use crate::alerts::error::AlertError;
use crate::alerts::reply::{Reply, Verdict};
use crate::alerts::schedule::{Failure, Schedule};
use crate::alerts::sent::{SentAlert, SentStatus};

const COLUMNS: &str = "SELECT id, subscription, account, kind, text, as_of_s, created_ms, status, \
    attempts, last_status, last_error, next_ms, delivered_ms FROM outbox";

/// The oldest pending message of each endpoint: an endpoint gets its messages in order, so it is
/// the only one that may be tried.
const HEADS: &str = "SELECT min(sequence) FROM outbox WHERE status = 'pending' GROUP BY url";

/// A message that may be tried now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    /// The message's id.
    pub id: String,
    /// Its subscription.
    pub subscription: String,
    /// Where it goes.
    pub url: String,
    /// JSON.
    pub body: String,
}

/// A message as a stream tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its place in the outbox, which only rises.
    pub sequence: i64,
    /// The message's id.
    pub id: String,
    /// The message's type.
    pub kind: String,
    /// JSON.
    pub body: String,
}

impl AlertStore {
    /// The messages that may be tried now, one an endpoint, the longest due first.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub(crate) fn due(&self, now: DateTime<Utc>) -> Result<Vec<Due>, AlertError> {
        let connection = self.lock();
        let mut statement = connection.prepare(&format!(
            "SELECT id, subscription, url, body FROM outbox \
             WHERE sequence IN ({HEADS}) AND next_ms <= ? ORDER BY next_ms, sequence"
        ))?;
        let rows = statement.query_map([now.timestamp_millis()], |row| {
            let (id, subscription) = (row.get(0)?, row.get(1)?);
            Ok(Due { id, subscription, url: row.get(2)?, body: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the next message may be tried; `None` if none is pending.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub(crate) fn next_due(&self) -> Result<Option<DateTime<Utc>>, AlertError> {
        let sql = format!("SELECT min(next_ms) FROM outbox WHERE sequence IN ({HEADS})");
        let next: Option<i64> = self.lock().query_row(&sql, [], |row| row.get(0))?;
        Ok(next.map(at))
    }

    /// Writes down what came of an attempt.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub(crate) fn record(
        &self,
        id: &str,
        reply: &Reply,
        schedule: &Schedule,
        now: DateTime<Utc>,
    ) -> Result<SentStatus, AlertError> {
        self.write(|transaction| {
            let asked =
                "SELECT attempts + 1, created_ms, subscription, status FROM outbox WHERE id = ?";
            let of = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            let found: (u32, i64, String, String) = transaction.query_row(asked, [id], of)?;
            let (attempts, created_ms, subscription, before) = found;
            let age = (now - at(created_ms)).to_std().unwrap_or_default();
            let rest = match reply.verdict() {
                // Its subscription was removed while it was under way.
                Verdict::Failed { .. } if before != SentStatus::Pending.name() => None,
                Verdict::Failed { throttled, retry_after } => {
                    schedule.rest(&Failure { id, attempts, age, retry_after, throttled })
                }
                Verdict::Delivered | Verdict::Gone => None,
            };
            let status = match (reply.verdict(), rest) {
                (Verdict::Delivered, _) => SentStatus::Delivered,
                (_, Some(_)) => SentStatus::Pending,
                (_, None) => SentStatus::Failed,
            };
            let delivered = status == SentStatus::Delivered;
            let next_ms = rest.map(|rest| now.timestamp_millis() + rest.as_millis() as i64);
            transaction.execute(
                "UPDATE outbox SET status = ?2, attempts = ?3, last_status = ?4, last_error = ?5, \
                 next_ms = ?6, delivered_ms = ?7 WHERE id = ?1",
                params![
                    id,
                    status.name(),
                    attempts,
                    reply.status(),
                    (!delivered).then(|| reply.to_string()),
                    next_ms,
                    delivered.then(|| now.timestamp_millis()),
                ],
            )?;
            if reply.verdict() == Verdict::Gone {
                disable(transaction, &subscription)?;
            }
            Ok(status)
        })
    }

    /// The latest messages, the newest first.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub fn recent(&self, limit: usize) -> Result<Vec<SentAlert>, AlertError> {
        let connection = self.lock();
        let sql = format!("{COLUMNS} ORDER BY sequence DESC LIMIT ?");
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([limit as i64], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many messages there are of each status.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub fn counts(&self) -> Result<[(SentStatus, usize); 4], AlertError> {
        let connection = self.lock();
        let mut statement = connection.prepare("SELECT count(*) FROM outbox WHERE status = ?")?;
        let mut counts = SentStatus::ALL.map(|status| (status, 0));
        for (status, count) in &mut counts {
            *count = statement.query_row([status.name()], |row| row.get(0))?;
        }
        Ok(counts)
    }

    /// Messages after a place in the outbox, in order.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub fn after(&self, sequence: i64, limit: usize) -> Result<Vec<Told>, AlertError> {
        let connection = self.lock();
        let mut statement = connection.prepare(
            "SELECT sequence, id, kind, body FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?",
        )?;
        let rows = statement.query_map(params![sequence, limit as i64], |row| {
            Ok(Told {
                sequence: row.get(0)?,
                id: row.get(1)?,
                kind: row.get(2)?,
                body: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A message's place in the outbox.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub(crate) fn place(&self, id: &str) -> Result<Option<i64>, AlertError> {
        let sql = "SELECT sequence FROM outbox WHERE id = ?";
        Ok(self.lock().query_row(sql, [id], |row| row.get(0)).optional()?)
    }

    /// The last message's place in the outbox; 0 without one.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub(crate) fn last_place(&self) -> Result<i64, AlertError> {
        let sql = "SELECT coalesce(max(sequence), 0) FROM outbox";
        Ok(self.lock().query_row(sql, [], |row| row.get(0))?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<SentAlert> {
    let status: String = row.get(7)?;
    let known = SentStatus::ALL.into_iter().find(|known| known.name() == status);
    Ok(SentAlert {
        id: row.get(0)?,
        subscription: row.get(1)?,
        account: row.get(2)?,
        kind: row.get(3)?,
        text: row.get(4)?,
        as_of: at(row.get::<_, i64>(5)? * 1_000),
        created_at: at(row.get(6)?),
        status: known.unwrap_or(SentStatus::Failed),
        attempts: row.get(8)?,
        last_status: row.get(9)?,
        last_error: row.get(10)?,
        next_at: row.get::<_, Option<i64>>(11)?.map(at),
        delivered_at: row.get::<_, Option<i64>>(12)?.map(at),
    })
}

fn disable(connection: &Connection, subscription: &str) -> rusqlite::Result<()> {
    let reason = "the endpoint answered 410: it wants no more";
    let disable = "UPDATE subscriptions SET disabled = ? WHERE id = ?";
    connection.execute(disable, params![reason, subscription])?;
    drop_pending(connection, subscription)
}

/// What is pending of a subscription is sent no more.
pub(super) fn drop_pending(connection: &Connection, subscription: &str) -> rusqlite::Result<()> {
    let drop = "UPDATE outbox SET status = 'dropped', next_ms = NULL \
        WHERE subscription = ? AND status = 'pending'";
    connection.execute(drop, [subscription]).map(|_| ())
}
