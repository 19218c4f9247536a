//! Persistent state of alerts in one SQLite file: subscriptions, watches and the outbox.

pub(crate) mod migrate;
pub(crate) mod outbox;
pub(crate) mod subscriptions;
pub(crate) mod watches;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, TransactionBehavior};

use crate::alerts::error::AlertError;

/// Time that one process waits for another's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The alerts' database; a clone shares the connection.
#[derive(Debug, Clone)]
pub struct AlertStore {
    path: PathBuf,
    connection: Arc<Mutex<Connection>>,
}

/// The exclusive right to evaluate and to deliver. It is released when this is dropped, or by the
/// operating system when the process ends.
#[derive(Debug)]
pub(crate) struct DeliveryLock {
    _lock: File,
}

impl AlertStore {
    /// Opens the database, or creates it readable by its owner only, as it contains secrets.
    ///
    /// # Errors
    /// [`AlertError::NewerSchema`] if a newer version wrote it, [`AlertError::Database`].
    pub fn open(path: &Path) -> Result<Self, AlertError> {
        create_private(path)?;
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // A commit reaches the disk before its messages are sent.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        migrate::migrate(&mut connection, path)?;
        let connection = Arc::new(Mutex::new(connection));
        Ok(Self { path: path.to_owned(), connection })
    }

    /// Acquires the exclusive right to evaluate and to deliver.
    ///
    /// # Errors
    /// [`AlertError::Locked`] if another process has it.
    pub(crate) fn acquire_delivery_lock(&self) -> Result<DeliveryLock, AlertError> {
        let path = self.path.with_added_extension("lock");
        let failed = |source| AlertError::Lock { path: path.clone(), source };
        let lock = File::options().create(true).append(true).open(&path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(DeliveryLock { _lock: lock }),
            Err(std::fs::TryLockError::WouldBlock) => Err(AlertError::Locked(self.path.clone())),
            Err(std::fs::TryLockError::Error(source)) => Err(AlertError::Lock { path, source }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic within a transaction rolls it back, so the connection stays consistent.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a function in one exclusive transaction.
    fn in_transaction<T>(
        &self,
        write: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<T, AlertError>,
    ) -> Result<T, AlertError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let written = write(&transaction)?;
        transaction.commit()?;
        Ok(written)
    }
}

fn create_private(path: &Path) -> Result<(), AlertError> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let failed = |source| AlertError::Open { path: path.to_owned(), source };
    options.open(path).map(drop).map_err(failed)
}

/// Converts a column in milliseconds.
fn from_millis(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
}

#[cfg(test)]
mod tests;
