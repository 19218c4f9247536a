//! Statistics of a lake's content, and its gaps.

use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::path::PathBuf;
use std::time::SystemTime;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::error::LakeError;
use crate::schema::{CoveredRange, Partition, Table};
use crate::store::{FileEntry, Filter, Store};
use crate::tables::TABLES;

/// Columns whose distinct values are counted.
const COUNTED_COLUMNS: [&str; 4] = ["kind", "parameter", "reason", "source"];
/// Columns from which accounts and covered times and blocks are computed.
const COVERAGE_COLUMNS: [&str; 3] = ["account", "time", "block"];

/// Attempts to read a table when writers replace files between listing and opening.
const LISTING_ATTEMPTS: usize = 8;

/// Statistics of a lake.
#[derive(Debug, Clone, Serialize)]
pub struct LakeStatus {
    /// Statistics of each table with a file, by table name.
    pub tables: BTreeMap<&'static str, TableStatus>,
}

/// Statistics of one table.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TableStatus {
    /// Number of rows.
    pub rows: u64,
    /// Number of distinct accounts; absent if the table has no account column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<u64>,
    /// Rows by event kind.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_kind: BTreeMap<String, u64>,
    /// Rows by risk parameter.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_parameter: BTreeMap<String, u64>,
    /// Rows by quarantine reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_reason: BTreeMap<String, u64>,
    /// Rows by price source.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_source: BTreeMap<String, u64>,
    /// Earliest row time.
    pub first_time: Option<DateTime<Utc>>,
    /// Latest row time.
    pub last_time: Option<DateTime<Utc>>,
    /// Lowest row block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_block: Option<u64>,
    /// Highest row block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_block: Option<u64>,
    /// Ranges between the first and the last indexed range that were not indexed.
    pub gaps: Vec<Gap>,
    /// Ranges that were indexed and whose file was removed.
    pub missing: Vec<Gap>,
    /// Files that cannot be read; their rows are not counted.
    pub damaged: Vec<DamagedFile>,
    /// Number of files.
    pub files: u64,
    /// Size on disk, bytes.
    pub bytes: u64,
    /// Time of the last write.
    pub last_write: Option<DateTime<Utc>>,
}

/// A file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DamagedFile {
    /// Path of the file.
    pub path: PathBuf,
    /// The error of reading it, with the repair.
    pub problem: String,
}

/// A range that no file of a partition covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The partition.
    pub partition: String,
    /// First missing block, or first missing second as a time.
    pub from: String,
    /// Last missing block, or last missing second as a time.
    pub to: String,
}

impl LakeStatus {
    /// The number of files that are damaged or missing.
    #[must_use]
    pub fn bad_files(&self) -> usize {
        self.tables.values().map(|table| table.damaged.len() + table.missing.len()).sum()
    }
}

impl Store {
    /// Computes statistics of all tables. Damaged and missing files are part of the result.
    ///
    /// # Errors
    /// [`LakeError`] if a folder or a file cannot be opened.
    pub fn status(&self) -> Result<LakeStatus, LakeError> {
        let mut tables = BTreeMap::new();
        for table in TABLES {
            let mut attempt = 1;
            let status = loop {
                match self.table_status(table) {
                    // A writer has just replaced a file.
                    Err(error) if error.is_not_found() && attempt < LISTING_ATTEMPTS => {
                        attempt += 1
                    }
                    status => break status?,
                }
            };
            if status.files > 0 || !status.missing.is_empty() {
                tables.insert(table.name, status);
            }
        }
        Ok(LakeStatus { tables })
    }

    /// The ranges of a table between the first and the last file of a partition that no file covers.
    ///
    /// # Errors
    /// [`LakeError::Io`] if a folder cannot be read.
    pub fn gaps(&self, table: &'static Table) -> Result<Vec<Gap>, LakeError> {
        Ok(find_gaps(&self.files(table)?))
    }

    fn table_status(&self, table: &'static Table) -> Result<TableStatus, LakeError> {
        let is_reported =
            |name: &&str| COUNTED_COLUMNS.contains(name) || COVERAGE_COLUMNS.contains(name);
        let columns: Vec<&str> =
            (table.columns)().iter().map(|c| c.name).filter(is_reported).collect();
        let filter = Filter::default().columns(&columns);
        let missing = self.missing_ranges(table, &filter)?;
        let files = self.files(table)?;
        let mut status = TableStatus { gaps: find_gaps(&files), ..Default::default() };
        status.missing = missing.iter().map(|m| Gap::new(&m.partition, m.range)).collect();
        status.gaps.retain(|gap| !status.missing.contains(gap));
        let mut accounts = HashSet::new();
        for file in &files {
            let batches = match self.read_file(file, &filter) {
                Err(error) if error.is_bad_file() => {
                    let problem = describe(&error);
                    status.damaged.push(DamagedFile { path: file.path.clone(), problem });
                    continue;
                }
                batches => batches?,
            };
            for batch in batches {
                status.add_batch(&batch);
                let ids = string_values(&batch, "account").into_iter().flatten();
                accounts.extend(ids.map(str::to_owned));
            }
        }
        status.accounts = columns.contains(&"account").then_some(accounts.len() as u64);
        status.files = files.len() as u64;
        status.bytes = files.iter().map(|file| file.bytes).sum();
        status.last_write = files.iter().map(|file| truncate_to_seconds(file.modified)).max();
        Ok(status)
    }
}

/// An error with its causes, on one line.
fn describe(error: &LakeError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

impl Gap {
    fn new(partition: &Partition, range: CoveredRange) -> Self {
        let (from, to) = range.bounds_text();
        Self { partition: partition.name(), from, to }
    }
}

impl TableStatus {
    fn add_batch(&mut self, batch: &RecordBatch) {
        self.rows += batch.num_rows() as u64;
        for (name, tally) in COUNTED_COLUMNS.iter().zip([
            &mut self.by_kind,
            &mut self.by_parameter,
            &mut self.by_reason,
            &mut self.by_source,
        ]) {
            for value in string_values(batch, name).into_iter().flatten() {
                match tally.get_mut(value) {
                    Some(count) => *count += 1,
                    None => drop(tally.insert(value.to_owned(), 1)),
                }
            }
        }
        if let Some(times) = batch.column_by_name("time") {
            let micros = times.as_primitive::<TimestampMicrosecondType>().values();
            let time =
                |micros: Option<&i64>| micros.and_then(|m| DateTime::from_timestamp_micros(*m));
            self.first_time = earliest(self.first_time, time(micros.iter().min()));
            self.last_time = self.last_time.max(time(micros.iter().max()));
        }
        if let Some(blocks) =
            batch.column_by_name("block").filter(|blocks| blocks.null_count() == 0)
        {
            let blocks = blocks.as_primitive::<Int64Type>().values();
            let number = |block: Option<&i64>| block.map(|block| block.cast_unsigned());
            self.first_block = earliest(self.first_block, number(blocks.iter().min()));
            self.last_block = self.last_block.max(number(blocks.iter().max()));
        }
    }
}

fn earliest<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    a.into_iter().chain(b).min()
}

fn string_values<'a>(batch: &'a RecordBatch, name: &str) -> Option<impl Iterator<Item = &'a str>> {
    Some(batch.column_by_name(name)?.as_string::<i32>().iter().flatten())
}

fn truncate_to_seconds(time: SystemTime) -> DateTime<Utc> {
    let time = DateTime::<Utc>::from(time);
    DateTime::from_timestamp(time.timestamp(), 0).unwrap_or(time)
}

/// The gaps between consecutive files of one partition; `files` must be sorted.
fn find_gaps(files: &[FileEntry]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for pair in files.windows(2) {
        let (left, right) = (&pair[0], &pair[1]);
        let apart = left.range.to + 1 < right.range.from && left.range.unit == right.range.unit;
        if apart && left.partition.values() == right.partition.values() {
            let missing =
                CoveredRange { from: left.range.to + 1, to: right.range.from - 1, ..left.range };
            gaps.push(Gap::new(&left.partition, missing));
        }
    }
    gaps
}
