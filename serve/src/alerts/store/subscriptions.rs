//! Subscriptions and their secrets.

use chrono::{DateTime, Utc};
use plimsoll_lake::hex;
use ring::rand::{SecureRandom, SystemRandom};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::alerts::error::AlertError;
use crate::alerts::store::AlertStore;
use crate::alerts::store::from_millis;
use crate::alerts::subscription::{Subscription, SubscriptionSecret, ValidSubscription};
use crate::alerts::webhook::secret::Secret;

const SELECT_SUBSCRIPTIONS: &str = "SELECT id, watch, url, rules, created_ms, disabled, \
    (SELECT count(*) FROM secrets WHERE subscription = subscriptions.id) AS secrets FROM subscriptions";

/// Maximum number of secrets; adding another removes the oldest.
const MAX_SECRETS: u32 = 3;

impl AlertStore {
    /// Stores a new subscription; returns it with its secret.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub fn subscribe(
        &self,
        new: &ValidSubscription,
        now: DateTime<Utc>,
    ) -> Result<SubscriptionSecret, AlertError> {
        let id = new_subscription_id();
        let rules = serde_json::to_string(&new.rules)?;
        self.in_transaction(|transaction| {
            transaction.execute(
                "INSERT INTO subscriptions (id, watch, url, rules, created_ms) VALUES (?, ?, ?, ?, ?)",
                params![id, new.target.to_string(), new.url, rules, now.timestamp_millis()],
            )?;
            insert_secret(transaction, &id, &new.secret)?;
            let subscription = find_subscription(transaction, &id)?;
            Ok(SubscriptionSecret { subscription, secret: new.secret.reveal() })
        })
    }

    /// Every subscription, oldest first.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub fn subscriptions(&self) -> Result<Vec<Subscription>, AlertError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare(&format!("{SELECT_SUBSCRIPTIONS} ORDER BY rowid"))?;
        let rows = statement.query_map([], |row| Ok(read_subscription(row)))?;
        rows.map(|row| row?).collect()
    }

    /// One subscription.
    ///
    /// # Errors
    /// [`AlertError::UnknownSubscription`].
    pub fn subscription(&self, id: &str) -> Result<Subscription, AlertError> {
        find_subscription(&self.lock(), id)
    }

    /// Removes a subscription with its secrets and watches, and drops undelivered messages.
    ///
    /// # Errors
    /// [`AlertError::UnknownSubscription`].
    pub fn remove(&self, id: &str) -> Result<(), AlertError> {
        self.in_transaction(|transaction| {
            if transaction.execute("DELETE FROM subscriptions WHERE id = ?", [id])? == 0 {
                return Err(AlertError::UnknownSubscription(id.to_owned()));
            }
            Ok(super::outbox::drop_pending(transaction, id)?)
        })
    }

    /// Adds a new signing secret to the existing ones.
    ///
    /// # Errors
    /// [`AlertError::UnknownSubscription`].
    pub fn rotate_secret(
        &self,
        id: &str,
        secret: &Secret,
    ) -> Result<SubscriptionSecret, AlertError> {
        self.in_transaction(|transaction| {
            find_subscription(transaction, id)?;
            insert_secret(transaction, id, secret)?;
            keep_newest_secrets(transaction, id, MAX_SECRETS)?;
            Ok(SubscriptionSecret {
                subscription: find_subscription(transaction, id)?,
                secret: secret.reveal(),
            })
        })
    }

    /// Removes all secrets but the newest.
    ///
    /// # Errors
    /// [`AlertError::UnknownSubscription`].
    pub fn retire_secrets(&self, id: &str) -> Result<Subscription, AlertError> {
        self.in_transaction(|transaction| {
            keep_newest_secrets(transaction, id, 1)?;
            find_subscription(transaction, id)
        })
    }

    /// The signing secrets of a subscription, newest first.
    ///
    /// # Errors
    /// [`AlertError::Database`].
    pub fn secrets(&self, id: &str) -> Result<Vec<Secret>, AlertError> {
        let connection = self.lock();
        let mut statement = connection
            .prepare("SELECT secret FROM secrets WHERE subscription = ? ORDER BY number DESC")?;
        let rows = statement.query_map([id], |row| row.get::<_, String>("secret"))?;
        rows.map(|row| Ok(Secret::parse(&row?)?)).collect()
    }
}

fn find_subscription(connection: &Connection, id: &str) -> Result<Subscription, AlertError> {
    let mut statement = connection.prepare(&format!("{SELECT_SUBSCRIPTIONS} WHERE id = ?"))?;
    let found = statement.query_row([id], |row| Ok(read_subscription(row))).optional()?;
    found.unwrap_or_else(|| Err(AlertError::UnknownSubscription(id.to_owned())))
}

fn read_subscription(row: &Row<'_>) -> Result<Subscription, AlertError> {
    Ok(Subscription {
        id: row.get("id")?,
        watch: row.get("watch")?,
        url: row.get("url")?,
        rules: serde_json::from_str(&row.get::<_, String>("rules")?)?,
        created_at: from_millis(row.get("created_ms")?),
        disabled: row.get("disabled")?,
        secrets: row.get("secrets")?,
    })
}

fn insert_secret(connection: &Connection, id: &str, secret: &Secret) -> rusqlite::Result<usize> {
    let sql = "INSERT INTO secrets (subscription, secret) VALUES (?, ?)";
    connection.execute(sql, params![id, secret.reveal()])
}

fn keep_newest_secrets(connection: &Connection, id: &str, count: u32) -> rusqlite::Result<usize> {
    connection.execute(
        "DELETE FROM secrets WHERE subscription = ?1 AND number NOT IN \
         (SELECT number FROM secrets WHERE subscription = ?1 ORDER BY number DESC LIMIT ?2)",
        params![id, count],
    )
}

fn new_subscription_id() -> String {
    let mut bytes = [0; 10];
    SystemRandom::new().fill(&mut bytes).expect("the system has a source of randomness");
    format!("sub_{}", hex(bytes))
}
