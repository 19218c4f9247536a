//! Writing of tables.

use std::path::Path;

use arrow::array::RecordBatch;

use super::batch::{check_range, concat, filter_rows, range_values, sort};
use super::filter::Filter;
use super::merge::{self, MergeSummary};
use super::root::Store;
use super::{coverage, folder, lock, parquet_file};
use crate::error::LakeError;
use crate::schema::{CoveredRange, Partition, RangeUnit, Table, conform};

impl Store {
    /// Adds the rows of `batch` that are not in the lake, and records that `range` is indexed.
    ///
    /// A row whose key exists with the same values is skipped. A row whose key exists with other
    /// values is not written and is returned as conflicting.
    ///
    /// # Errors
    /// [`LakeError`] if a row lies outside `range` or a file cannot be read or written; windows
    /// of the range that were already written are kept.
    pub fn merge(
        &self,
        partition: &Partition,
        range: CoveredRange,
        batch: &RecordBatch,
    ) -> Result<MergeSummary, LakeError> {
        let mut total = MergeSummary::default();
        self.for_each_window(partition, range, batch, |folder, window, batch, rows| {
            total.accumulate(merge::merge_window(partition.table(), folder, window, batch, rows)?);
            Ok(())
        })?;
        Ok(total)
    }

    /// Replaces all rows of `range` by `batch`, and records that `range` is indexed.
    ///
    /// # Errors
    /// [`LakeError`] if a row lies outside `range` or a file cannot be read or written; windows
    /// of the range that were already written are kept.
    pub fn overwrite(
        &self,
        partition: &Partition,
        range: CoveredRange,
        batch: &RecordBatch,
    ) -> Result<(), LakeError> {
        self.for_each_window(partition, range, batch, |folder, window, batch, rows| {
            merge::overwrite_window(partition.table(), folder, window, batch, rows)
        })
    }

    fn for_each_window(
        &self,
        partition: &Partition,
        range: CoveredRange,
        batch: &RecordBatch,
        mut write: impl FnMut(&Path, CoveredRange, &RecordBatch, &[u32]) -> Result<(), LakeError>,
    ) -> Result<(), LakeError> {
        let table = partition.table();
        let batch = conform(table, batch)?;
        let values = range_values(table, &batch)?;
        check_range(table, &values, range)?;
        let folder = self.root().join(partition.path());
        let _lock = lock::acquire(&folder)?;
        folder::remove_leftovers(&folder)?;
        for window in range.windows() {
            let within = (0..).zip(&values).filter(|(_, value)| window.contains(**value));
            let rows: Vec<u32> = within.map(|(row, _)| row).collect();
            write(&folder, window, &batch, &rows)?;
        }
        coverage::add(&folder, range)
    }

    /// Removes the rows of a partition from `start` on, and the record that they were indexed.
    ///
    /// # Errors
    /// [`LakeError`] if a file cannot be read or written; files already truncated stay truncated.
    pub fn truncate_from(&self, partition: &Partition, start: i64) -> Result<(), LakeError> {
        let folder = self.root().join(partition.path());
        if !folder.is_dir() {
            return Ok(());
        }
        let _lock = lock::acquire(&folder)?;
        folder::remove_leftovers(&folder)?;
        coverage::truncate_from(&folder, start)?;
        // Starts at the end, so that an interrupted truncation leaves no gap.
        for (path, range) in folder::covered_ranges(&folder)?.into_iter().rev() {
            if range.to >= start {
                truncate_file(&path, partition.table(), range, start)?;
            }
        }
        Ok(())
    }

    /// Replaces all rows of a derived table's partition by `batch`.
    ///
    /// # Errors
    /// [`LakeError`] if the batch lacks a column or the file cannot be written; the previous rows
    /// are kept then.
    pub fn replace(&self, partition: &Partition, batch: &RecordBatch) -> Result<(), LakeError> {
        let table = partition.table();
        debug_assert_eq!(table.ranged_by.0, RangeUnit::Whole, "only derived tables are replaced");
        let batch = sort(table, &conform(table, batch)?)?;
        let folder = self.root().join(partition.path());
        let _lock = lock::acquire(&folder)?;
        folder::remove_leftovers(&folder)?;
        parquet_file::write(&folder.join(CoveredRange::whole().file_name()), table, &batch)?;
        coverage::add(&folder, CoveredRange::whole())
    }

    /// Whether a derived table's partition consists of exactly the rows of `batch`.
    ///
    /// # Errors
    /// [`LakeError`] if a file cannot be read or the batch lacks a column.
    pub fn partition_equals(
        &self,
        partition: &Partition,
        batch: &RecordBatch,
    ) -> Result<bool, LakeError> {
        let path = self.root().join(partition.path()).join(CoveredRange::whole().file_name());
        if !path.is_file() {
            return Ok(false);
        }
        let table = partition.table();
        let batch = sort(table, &conform(table, batch)?)?;
        let stored = parquet_file::read(&path, table, &Filter::default())?;
        Ok(concat(&batch.schema(), &stored)? == batch)
    }
}

/// Removes the rows of a file from `start` on; the caller holds the partition's lock.
fn truncate_file(
    path: &Path,
    table: &Table,
    range: CoveredRange,
    start: i64,
) -> Result<(), LakeError> {
    if range.from < start {
        let kept_range = CoveredRange { to: start - 1, ..range };
        let batches = parquet_file::read(path, table, &Filter::default())?;
        let schema = batches.first().map_or_else(|| table.schema(), RecordBatch::schema);
        let rows = filter_rows(table, &concat(&schema, &batches)?, |value| value < start)?;
        // The shorter file counts as superseded until the longer one is removed.
        parquet_file::write(&path.with_file_name(kept_range.file_name()), table, &rows)?;
    }
    folder::remove(path)
}
