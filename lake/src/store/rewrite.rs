//! Rewriting of rows in place, to migrate them from an older version.

use arrow::array::RecordBatch;

use super::batch::sort;
use super::entry::FileEntry;
use super::filter::Filter;
use super::root::Store;
use super::{folder, lock, parquet_file};
use crate::error::LakeError;
use crate::market_key::with_chain;
use crate::schema::Row;

impl Store {
    /// Changes rows of one file, atomically; the file is left as it is if no row changes. Returns the
    /// number of changed rows.
    ///
    /// `change` returns whether it changed the row; it must not change its range value. A file that a
    /// writer has merged into another meanwhile has no rows to change.
    ///
    /// # Errors
    /// The first error of `change`, or [`LakeError`] as `E` if the file cannot be read or written; the
    /// previous rows are kept then.
    pub fn rewrite_rows<R: Row, E: From<LakeError>>(
        &self,
        file: &FileEntry,
        mut change: impl FnMut(&mut R) -> Result<bool, E>,
    ) -> Result<usize, E> {
        let table = file.partition.table();
        let partition = self.root().join(file.partition.path());
        let _lock = lock::acquire(&partition)?;
        folder::remove_leftovers(&partition)?;
        let batches = match parquet_file::read(&file.path, table, &Filter::default()) {
            Err(error) if error.is_not_found() => return Ok(0),
            batches => batches?,
        };
        let mut rows: Vec<R> = Vec::new();
        for batch in &batches {
            rows.extend(R::from_batch(batch)?);
        }
        let mut changed = 0;
        for row in &mut rows {
            changed += usize::from(change(row)?);
        }
        if changed > 0 {
            let batch: RecordBatch = R::to_batch(&rows)?;
            parquet_file::write(&file.path, table, &sort(table, &batch)?)?;
        }
        Ok(changed)
    }

    /// Gives the accounts of a file's rows the chain that ids of older versions lack; returns the number
    /// of changed rows. The partition of the file is one of a market.
    ///
    /// # Errors
    /// [`LakeError`] if the file cannot be read or written.
    pub fn add_chain_to_accounts<R: Row>(
        &self,
        file: &FileEntry,
        account: impl Fn(&mut R) -> &mut String,
    ) -> Result<usize, LakeError> {
        let [chain, protocol, market] = file.partition.values() else { return Ok(0) };
        self.rewrite_rows(file, |row| {
            let account = account(row);
            let full = with_chain([chain, protocol, market], account).into_owned();
            let is_changed = full != *account;
            *account = full;
            Ok(is_changed)
        })
    }
}
