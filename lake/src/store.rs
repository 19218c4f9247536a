//! The store: reads and writes the Parquet files of a lake.

mod file;
mod lock;
mod merge;
mod standalone;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use arrow::array::RecordBatch;

pub use merge::MergeSummary;
pub use standalone::read_parquet;

use crate::batch::{check_range, concat, conform, range_values, sort};
use crate::tables::Row;
use crate::{CoveredRange, Filter, LakeError, Partition, RangeUnit, Table};

/// Attempts of a read when writers replace files between listing and opening.
const LISTING_ATTEMPTS: usize = 8;

/// A lake on the local file system.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

/// One complete file.
#[derive(Debug, Clone)]
pub struct FileEntry {
    /// Path of the file.
    pub path: PathBuf,
    /// Partition of the file.
    pub partition: Partition,
    /// Range that the file covers.
    pub range: CoveredRange,
    /// Size, bytes.
    pub bytes: u64,
    /// Time of the last write.
    pub modified: SystemTime,
}

/// Writes rows to one Parquet file outside a lake, atomically.
///
/// # Errors
/// [`LakeError`] if the file cannot be written.
pub fn write_parquet<R: Row>(path: &Path, rows: &[R]) -> Result<(), LakeError> {
    file::write(path, &R::TABLE, &R::to_batch(rows)?)
}

impl Store {
    /// Opens an existing lake.
    ///
    /// # Errors
    /// [`LakeError::NotALake`] if the folder is missing or contains no table.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, LakeError> {
        let root = root.into();
        let is_table = |table: &&Table| root.join(table.name).is_dir();
        if crate::tables::TABLES.iter().any(is_table) {
            Ok(Self { root })
        } else {
            Err(LakeError::NotALake(root))
        }
    }

    /// Opens a lake, creating its folder if necessary.
    ///
    /// # Errors
    /// [`LakeError::Io`] if the folder cannot be created.
    pub fn create(root: impl Into<PathBuf>) -> Result<Self, LakeError> {
        let root = root.into();
        std::fs::create_dir_all(&root).map_err(LakeError::io("create", &root))?;
        Ok(Self { root })
    }

    /// The lake's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

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
        let folder = self.root.join(partition.path());
        let _lock = lock::acquire(&folder)?;
        file::remove_leftovers(&folder)?;
        for window in range.windows() {
            let within = (0..).zip(&values).filter(|(_, value)| window.contains(**value));
            let rows: Vec<u32> = within.map(|(row, _)| row).collect();
            write(&folder, window, &batch, &rows)?;
        }
        Ok(())
    }

    /// Removes the rows of a partition from `start` on, and the record that they were indexed.
    ///
    /// # Errors
    /// [`LakeError`] if a file cannot be read or written; files already truncated stay truncated.
    pub fn truncate_from(&self, partition: &Partition, start: i64) -> Result<(), LakeError> {
        let folder = self.root.join(partition.path());
        if !folder.is_dir() {
            return Ok(());
        }
        let _lock = lock::acquire(&folder)?;
        file::remove_leftovers(&folder)?;
        // Starts at the end, so that an interrupted truncation leaves no gap.
        for (path, range) in file::covered_ranges(&folder)?.into_iter().rev() {
            if range.to >= start {
                file::truncate_from(&path, partition.table(), range, start)?;
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
        let folder = self.root.join(partition.path());
        let _lock = lock::acquire(&folder)?;
        file::remove_leftovers(&folder)?;
        file::write(&folder.join(CoveredRange::whole().file_name()), table, &batch)
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
        let path = self.root.join(partition.path()).join(CoveredRange::whole().file_name());
        if !path.is_file() {
            return Ok(false);
        }
        let table = partition.table();
        let batch = sort(table, &conform(table, batch)?)?;
        let stored = file::read(&path, table, &Filter::default())?;
        Ok(concat(&batch.schema(), &stored)? == batch)
    }

    /// The complete files of a table, by partition and range, without superseded files.
    ///
    /// # Errors
    /// [`LakeError::Io`] if a folder cannot be read.
    pub fn files(&self, table: &'static Table) -> Result<Vec<FileEntry>, LakeError> {
        file::list_table(&self.root, table)
    }

    /// Reads the batches of a table, file by file.
    ///
    /// # Errors
    /// [`LakeError`] if a file cannot be read.
    pub fn read(
        &self,
        table: &'static Table,
        filter: &Filter,
    ) -> Result<Vec<RecordBatch>, LakeError> {
        let mut attempt = 1;
        loop {
            match self.try_read(table, filter) {
                Err(error) if error.is_not_found() && attempt < LISTING_ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    fn try_read(
        &self,
        table: &'static Table,
        filter: &Filter,
    ) -> Result<Vec<RecordBatch>, LakeError> {
        let mut batches = Vec::new();
        for entry in self.files(table)?.iter().filter(|entry| filter.may_match_file(entry)) {
            batches.extend(file::read(&entry.path, table, filter)?);
        }
        Ok(batches)
    }

    /// Reads the rows of one file; fails if a writer has merged the file into another.
    ///
    /// # Errors
    /// [`LakeError`] if the file cannot be read or lacks a column.
    pub fn file_rows<R: Row>(&self, entry: &FileEntry) -> Result<Vec<R>, LakeError> {
        let mut rows = Vec::new();
        for batch in file::read(&entry.path, entry.partition.table(), &Filter::default())? {
            rows.extend(R::from_batch(&batch)?);
        }
        Ok(rows)
    }

    /// The number of rows of a file, and the number of rows with the key of an earlier row.
    ///
    /// # Errors
    /// [`LakeError`] if the file cannot be read or lacks a column.
    pub fn count_rows_and_duplicates(&self, entry: &FileEntry) -> Result<(u64, u64), LakeError> {
        let table = entry.partition.table();
        let batches = file::read(&entry.path, table, &Filter::default())?;
        let schema = batches.first().map_or_else(|| table.schema(), RecordBatch::schema);
        let batch = concat(&schema, &batches)?;
        let distinct = merge::count_distinct_keys(table, &batch)?;
        let rows = batch.num_rows();
        Ok((rows as u64, (rows - distinct) as u64))
    }

    /// Reads all rows of a table, by partition and range.
    ///
    /// # Errors
    /// [`LakeError`] if a file cannot be read or lacks a column.
    pub fn rows<R: Row + 'static>(&self) -> Result<Vec<R>, LakeError> {
        self.rows_where(&Filter::default())
    }

    /// Reads the rows of a table that may match a filter.
    ///
    /// # Errors
    /// [`LakeError`] if a file cannot be read or lacks a column.
    pub fn rows_where<R: Row + 'static>(&self, filter: &Filter) -> Result<Vec<R>, LakeError> {
        let mut rows = Vec::new();
        for batch in self.read(const { &R::TABLE }, filter)? {
            rows.extend(R::from_batch(&batch)?);
        }
        Ok(rows)
    }
}
