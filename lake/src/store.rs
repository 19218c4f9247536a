//! The store: files that appear whole or not at all.

mod file;
mod lock;
mod merge;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use arrow::array::RecordBatch;

pub use merge::Merge;

use crate::batch::{check_within, conform, places, sort};
use crate::tables::Row;
use crate::{Filter, LakeError, Partition, Range, Table, Unit};

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
    pub range: Range,
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
        range: Range,
        batch: &RecordBatch,
    ) -> Result<Merge, LakeError> {
        let table = partition.table();
        let batch = conform(table, batch)?;
        let places = places(table, &batch)?;
        check_within(table, &places, range)?;
        let folder = self.root.join(partition.path());
        let _turn = lock::hold(&folder)?;
        file::sweep(&folder)?;
        let mut total = Merge::default();
        for window in range.windows() {
            let rows: Vec<u32> = (0..)
                .zip(&places)
                .filter(|(_, place)| window.contains(**place))
                .map(|(row, _)| row)
                .collect();
            total.append(merge::window(table, &folder, window, &batch, &rows)?);
        }
        Ok(total)
    }

    /// Puts `batch` in the place of all that a derived table's partition held.
    ///
    /// # Errors
    /// [`LakeError`] if the batch lacks a column or the file cannot be written; what was there
    /// stays then.
    pub fn replace(&self, partition: &Partition, batch: &RecordBatch) -> Result<(), LakeError> {
        let table = partition.table();
        debug_assert_eq!(table.ranged_by.0, Unit::Whole, "only derived tables are replaced");
        let batch = sort(table, &conform(table, batch)?)?;
        let folder = self.root.join(partition.path());
        let _turn = lock::hold(&folder)?;
        file::sweep(&folder)?;
        file::write(&folder.join(Range::whole().file_name()), table, &batch)
    }

    /// A table's finished files, by partition and range; superseded ones are left out.
    ///
    /// # Errors
    /// [`LakeError::Io`] if a folder cannot be read.
    pub fn files(&self, table: &'static Table) -> Result<Vec<FileEntry>, LakeError> {
        file::list(&self.root, table)
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
            match self.read_once(table, filter) {
                Err(error) if error.is_not_found() && attempt < LISTING_ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    fn read_once(
        &self,
        table: &'static Table,
        filter: &Filter,
    ) -> Result<Vec<RecordBatch>, LakeError> {
        let mut batches = Vec::new();
        for entry in self.files(table)?.iter().filter(|entry| filter.admits(entry)) {
            batches.extend(file::read(&entry.path, filter)?);
        }
        Ok(batches)
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
