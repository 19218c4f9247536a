//! Reading of tables.

use arrow::array::RecordBatch;

use super::batch::concat;
use super::entry::FileEntry;
use super::filter::Filter;
use super::root::Store;
use super::row_encoder::count_distinct_keys;
use super::{folder, parquet_file};
use crate::error::LakeError;
use crate::schema::{Row, Table};

/// Attempts of a read when writers replace files between listing and opening.
const LISTING_ATTEMPTS: usize = 8;

impl Store {
    /// The complete files of a table, by partition and range, without superseded files.
    ///
    /// # Errors
    /// [`LakeError::Io`] if a folder cannot be read.
    pub fn files(&self, table: &'static Table) -> Result<Vec<FileEntry>, LakeError> {
        folder::list_table(self.root(), table)
    }

    /// Reads the batches of a table, file by file.
    ///
    /// # Errors
    /// [`LakeError::Damaged`] if a file's checksum differs, [`LakeError::MissingFile`] if a file of a
    /// partition and time that may match was removed, and [`LakeError`] if a file cannot be read.
    pub fn read(
        &self,
        table: &'static Table,
        filter: &Filter,
    ) -> Result<Vec<RecordBatch>, LakeError> {
        let mut attempt = 1;
        loop {
            match self.try_read(table, filter) {
                Err(error) if error.may_be_a_writer() && attempt < LISTING_ATTEMPTS => attempt += 1,
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
            batches.extend(parquet_file::read(&entry.path, table, filter)?);
        }
        if !filter.permits_missing_files() {
            self.check_files(table, filter)?;
        }
        Ok(batches)
    }

    /// Reads the batches of one file that may match a filter.
    pub(crate) fn read_file(
        &self,
        entry: &FileEntry,
        filter: &Filter,
    ) -> Result<Vec<RecordBatch>, LakeError> {
        parquet_file::read(&entry.path, entry.partition.table(), filter)
    }

    /// Reads the rows of one file; fails if a writer has merged the file into another.
    ///
    /// # Errors
    /// [`LakeError`] if the file cannot be read or lacks a column.
    pub fn file_rows<R: Row>(&self, entry: &FileEntry) -> Result<Vec<R>, LakeError> {
        let mut rows = Vec::new();
        for batch in parquet_file::read(&entry.path, entry.partition.table(), &Filter::default())? {
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
        let batches = parquet_file::read(&entry.path, table, &Filter::default())?;
        let schema = batches.first().map_or_else(|| table.schema(), RecordBatch::schema);
        let batch = concat(&schema, &batches)?;
        let distinct = count_distinct_keys(table, &batch)?;
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
