//! The schema, and how older files come to it.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::alerts::error::AlertError;

/// What takes a file from each version to the next; `user_version` counts those that it has.
const MIGRATIONS: [&str; 1] = [include_str!("schema_1.sql")];

/// Brings a file to the latest schema, all of it or not at all.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), AlertError> {
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
