//! Watches, written together with their messages.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, named_params};

use crate::alerts::error::AlertError;
use crate::alerts::message::Message;
use crate::alerts::store::AlertStore;
use crate::alerts::watch::Watch;

/// Watches by subscription, rule and account; absent ones have the default state.
pub(crate) type WatchStates = HashMap<(String, usize, String), Watch>;

/// A transition of one watch, with its message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WatchChange {
    /// The rule's index in its subscription.
    pub rule_index: usize,
    /// The new state.
    pub watch: Watch,
    /// The message.
    pub message: Message,
}

impl AlertStore {
    /// The state of every watch.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub(crate) fn watches(&self) -> Result<WatchStates, AlertError> {
        let connection = self.lock();
        let mut statement = connection.prepare(
            "SELECT subscription, rule, account, at_risk, episode, told AS messages, warned_s, changed_s \
             FROM watches",
        )?;
        let rows = statement.query_map([], |row| {
            let watch = Watch {
                at_risk: row.get("at_risk")?,
                episode: row.get("episode")?,
                messages: row.get("messages")?,
                warned_s: row.get("warned_s")?,
                changed_s: row.get("changed_s")?,
            };
            Ok(((row.get("subscription")?, row.get("rule")?, row.get("account")?), watch))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes transitions and their messages, in order, in one transaction; returns the number of new
    /// messages. Those of subscriptions that no longer exist are skipped.
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
         SELECT :id, :subscription, :account, :kind, :text, :body, url, :as_of_s, :now_ms, \
         'pending', :now_ms FROM subscriptions WHERE id = :subscription AND disabled IS NULL",
    )?;
    insert.execute(named_params! {
        ":id": id,
        ":subscription": subscription,
        ":account": account,
        ":kind": kind,
        ":text": text,
        ":body": body,
        ":as_of_s": as_of_s,
        ":now_ms": now.timestamp_millis(),
    })
}

fn upsert_watch(transaction: &Transaction<'_>, change: &WatchChange) -> rusqlite::Result<usize> {
    let WatchChange { rule_index, watch, message } = change;
    let Watch { at_risk, episode, messages, warned_s, changed_s } = *watch;
    let mut insert = transaction.prepare(
        "INSERT OR REPLACE INTO watches \
         (subscription, rule, account, at_risk, episode, told, warned_s, changed_s) \
         SELECT id, :rule, :account, :at_risk, :episode, :messages, :warned_s, :changed_s \
         FROM subscriptions WHERE id = :subscription",
    )?;
    insert.execute(named_params! {
        ":subscription": message.subscription,
        ":rule": rule_index,
        ":account": message.account,
        ":at_risk": at_risk,
        ":episode": episode,
        ":messages": messages,
        ":warned_s": warned_s,
        ":changed_s": changed_s,
    })
}
