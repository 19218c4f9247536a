//! Rows as Rust structs.

use arrow::array::RecordBatch;

use super::table::Table;
use crate::error::LakeError;

/// A row of a table, as a Rust struct.
pub trait Row: Sized {
    /// The row's table.
    const TABLE: Table;

    /// Converts rows to columns.
    ///
    /// # Errors
    /// [`LakeError::Arrow`] if a value does not fit its column.
    fn to_batch(rows: &[Self]) -> Result<RecordBatch, LakeError>;

    /// Converts columns to rows; columns that are not in the table are ignored.
    ///
    /// # Errors
    /// [`LakeError::SchemaMismatch`] if a column is missing or has another type.
    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, LakeError>;
}
