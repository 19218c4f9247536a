//! The schema and its migrations.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::alerts::error::AlertError;

/// The migration from each version to the next; `user_version` counts those already applied.
const MIGRATIONS: [&str; 1] = [include_str!("schema_1.sql")];

/// Migrates a file to the latest schema in one transaction.
pub(crate) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), AlertError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = MIGRATIONS.len() as u32;
    if found > known {
        return Err(AlertError::NewerSchema { path: path.to_owned(), found, known });
    }
    for migration in &MIGRATIONS[found as usize..] {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    Ok(transaction.commit()?)
}
