//! What watches remember, and what they have to say: written together or not at all.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};

use super::AlertStore;
use crate::alerts::error::AlertError;
use crate::alerts::message::Message;
use crate::alerts::watch::Watch;

/// Watches by subscription, rule and account; one that is not there has nothing to remember.
pub(crate) type WatchStates = HashMap<(String, usize, String), Watch>;

/// A step of one watch, and what it has to say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WatchChange {
    /// The rule's place in its subscription.
    pub rule_index: usize,
    /// What the watch remembers from now on.
    pub watch: Watch,
    /// What it says.
    pub message: Message,
}

impl AlertStore {
    /// What every watch remembers.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub(crate) fn watches(&self) -> Result<WatchStates, AlertError> {
        let connection = self.lock();
        let mut statement = connection.prepare(
            "SELECT subscription, rule, account, at_risk, episode, told, warned_s, changed_s \
             FROM watches",
        )?;
        let rows = statement.query_map([], |row| {
            let watch = Watch {
                at_risk: row.get(3)?,
                episode: row.get(4)?,
                messages: row.get(5)?,
                warned_s: row.get(6)?,
                changed_s: row.get(7)?,
            };
            Ok(((row.get(0)?, row.get(1)?, row.get(2)?), watch))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes steps and what they say, in order, in one transaction; returns how many messages are
    /// new. Those of subscriptions that are gone by now are passed over.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub(crate) fn commit_changes(
        &self,
        changes: &[WatchChange],
        now: DateTime<Utc>,
    ) -> Result<usize, AlertError> {
        self.in_transaction(|transaction| {
            let mut written = 0;
            for change in changes {
                written += insert_message(transaction, &change.message, now)?;
                upsert_watch(transaction, change)?;
            }
            Ok(written)
        })
    }
}

fn insert_message(
    transaction: &Transaction<'_>,
    message: &Message,
    now: DateTime<Utc>,
) -> rusqlite::Result<usize> {
    let Message { id, subscription, account, kind, text, body, as_of_s } = message;
    let mut insert = transaction.prepare(
        "INSERT OR IGNORE INTO outbox \
         (id, subscription, account, kind, text, body, url, as_of_s, created_ms, status, next_ms) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, url, ?7, ?8, 'pending', ?8 \
         FROM subscriptions WHERE id = ?2 AND disabled IS NULL",
    )?;
    let now_ms = now.timestamp_millis();
    insert.execute(params![id, subscription, account, kind, text, body, as_of_s, now_ms])
}

fn upsert_watch(transaction: &Transaction<'_>, change: &WatchChange) -> rusqlite::Result<usize> {
    let WatchChange { rule_index: rule, watch, message } = change;
    let mut insert = transaction.prepare(
        "INSERT OR REPLACE INTO watches \
         (subscription, rule, account, at_risk, episode, told, warned_s, changed_s) \
         SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM subscriptions WHERE id = ?1",
    )?;
    let Watch { at_risk, episode, messages: told, warned_s, changed_s } = *watch;
    let (subscription, account) = (&message.subscription, &message.account);
    insert.execute(params![
        subscription,
        rule,
        account,
        at_risk,
        episode,
        told,
        warned_s,
        changed_s
    ])
}
