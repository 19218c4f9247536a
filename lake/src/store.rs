//! The store: files that appear whole or not at all.

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

/// How often a reader looks again when a writer superseded a file under its eyes.
const LISTING_ATTEMPTS: usize = 8;

/// A lake on the local file system.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

/// One finished file.
#[derive(Debug, Clone)]
pub struct FileEntry {
    /// Where it lies.
    pub path: PathBuf,
    /// The partition that it belongs to.
    pub partition: Partition,
    /// What it covers.
    pub range: CoveredRange,
    /// Its size, bytes.
    pub bytes: u64,
    /// When it was last written.
    pub modified: SystemTime,
}

/// Writes rows to one Parquet file outside any lake, aside first and then renamed.
///
/// # Errors
/// [`LakeError`] if the file cannot be written.
pub fn write_parquet<R: Row>(path: &Path, rows: &[R]) -> Result<(), LakeError> {
    file::write(path, &R::TABLE, &R::to_batch(rows)?)
}

impl Store {
    /// Opens a lake that exists.
    ///
    /// # Errors
    /// [`LakeError::NotALake`] if the folder is absent or holds no table.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, LakeError> {
        let root = root.into();
        let is_table = |table: &&Table| root.join(table.name).is_dir();
        if crate::tables::TABLES.iter().any(is_table) {
            Ok(Self { root })
        } else {
            Err(LakeError::NotALake(root))
        }
    }

    /// Opens a lake, making its folder if need be.
    ///
    /// # Errors
    /// [`LakeError::Io`] if the folder cannot be made.
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

    /// Adds the rows of `batch` that the lake lacks, and records that `range` was looked at whole.
    ///
    /// Rows whose key is there with the same values are passed over; rows whose key is there with
    /// other values are handed back, never written.
    ///
    /// # Errors
    /// [`LakeError`] if a row lies outside `range` or a file cannot be read or written; windows
    /// of the range that were already written stay.
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

    /// Puts `batch` in the place of all that `range` held, and records that it was looked at whole.
    ///
    /// # Errors
    /// [`LakeError`] if a row lies outside `range` or a file cannot be read or written; windows
    /// of the range that were already written stay.
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
        let places = range_values(table, &batch)?;
        check_range(table, &places, range)?;
        let folder = self.root.join(partition.path());
        let _turn = lock::acquire(&folder)?;
        file::remove_leftovers(&folder)?;
        for window in range.windows() {
            let within = (0..).zip(&places).filter(|(_, place)| window.contains(**place));
            let rows: Vec<u32> = within.map(|(row, _)| row).collect();
            write(&folder, window, &batch, &rows)?;
        }
        Ok(())
    }

    /// Forgets all that a partition holds from `place` on: the rows, and that they were looked at.
    ///
    /// # Errors
    /// [`LakeError`] if a file cannot be read or written; files already cut stay so.
    pub fn truncate_from(&self, partition: &Partition, place: i64) -> Result<(), LakeError> {
        let folder = self.root.join(partition.path());
        if !folder.is_dir() {
            return Ok(());
        }
        let _turn = lock::acquire(&folder)?;
        file::remove_leftovers(&folder)?;
        // From the end, so that a cut that is broken off leaves no hole.
        for (path, range) in file::covered_ranges(&folder)?.into_iter().rev() {
            if range.to >= place {
                file::truncate_from(&path, partition.table(), range, place)?;
            }
        }
        Ok(())
    }

    /// Puts `batch` in the place of all that a derived table's partition held.
    ///
    /// # Errors
    /// [`LakeError`] if the batch lacks a column or the file cannot be written; what was there
    /// stays then.
    pub fn replace(&self, partition: &Partition, batch: &RecordBatch) -> Result<(), LakeError> {
        let table = partition.table();
        debug_assert_eq!(table.ranged_by.0, RangeUnit::Whole, "only derived tables are replaced");
        let batch = sort(table, &conform(table, batch)?)?;
        let folder = self.root.join(partition.path());
        let _turn = lock::acquire(&folder)?;
        file::remove_leftovers(&folder)?;
        file::write(&folder.join(CoveredRange::whole().file_name()), table, &batch)
    }

    /// Whether a derived table's partition holds exactly the rows of `batch`.
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
        let held = file::read(&path, table, &Filter::default())?;
        Ok(concat(&batch.schema(), &held)? == batch)
    }

    /// A table's finished files, by partition and range; superseded ones are left out.
    ///
    /// # Errors
    /// [`LakeError::Io`] if a folder cannot be read.
    pub fn files(&self, table: &'static Table) -> Result<Vec<FileEntry>, LakeError> {
        file::list_table(&self.root, table)
    }

    /// Reads a table's batches, file by file.
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

    /// Reads one file as rows; a file that a writer has joined to another since is an error.
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

    /// Counts a file's rows, and those whose key another row of it has.
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

    /// Reads a whole table as rows, by partition and range.
    ///
    /// # Errors
    /// [`LakeError`] if a file cannot be read or lacks a column.
    pub fn rows<R: Row + 'static>(&self) -> Result<Vec<R>, LakeError> {
        self.rows_where(&Filter::default())
    }

    /// Reads the rows of a table that may satisfy a filter.
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
