//! Filters on rows and columns.

use chrono::{DateTime, Utc};
use parquet::arrow::ProjectionMask;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::statistics::Statistics;
use parquet::schema::types::SchemaDescriptor;

use super::entry::FileEntry;
use crate::schema::{CoveredRange, Partition, RangeUnit};

const TIME_COLUMN: &str = "time";

/// The rows and columns to read.
///
/// Times and partitions prune files and row groups. A row group that may contain a matching row is
/// read completely.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    columns: Option<Vec<String>>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    partition: Vec<(String, String)>,
    permits_missing_files: bool,
}

impl Filter {
    /// Reads only these columns.
    #[must_use]
    pub fn columns<S: AsRef<str>>(mut self, names: &[S]) -> Self {
        self.columns = Some(names.iter().map(|name| name.as_ref().to_owned()).collect());
        self
    }

    /// Skips files and row groups that end before `time`.
    #[must_use]
    pub const fn from(mut self, time: DateTime<Utc>) -> Self {
        self.from = Some(time);
        self
    }

    /// Skips files and row groups that start after `time`.
    #[must_use]
    pub const fn to(mut self, time: DateTime<Utc>) -> Self {
        self.to = Some(time);
        self
    }

    /// Reads only partitions whose `column` is `value`.
    #[must_use]
    pub fn partition(mut self, column: &str, value: &str) -> Self {
        self.partition.push((column.to_owned(), value.to_owned()));
        self
    }

    /// Reads what is left where files were removed, instead of an error; for repairs.
    #[must_use]
    pub const fn permit_missing_files(mut self) -> Self {
        self.permits_missing_files = true;
        self
    }

    pub(super) const fn permits_missing_files(&self) -> bool {
        self.permits_missing_files
    }

    pub(super) fn may_match_file(&self, entry: &FileEntry) -> bool {
        self.may_match_range(&entry.partition, entry.range)
    }

    pub(super) fn may_match_range(&self, partition: &Partition, range: CoveredRange) -> bool {
        let fits = |(column, value): &(String, String)| partition.value(column) == Some(value);
        let timed = range.unit == RangeUnit::Times;
        let early = timed && self.from.is_some_and(|from| range.to < from.timestamp());
        let late = timed && self.to.is_some_and(|to| range.from > to.timestamp());
        self.partition.iter().all(fits) && !early && !late
    }

    pub(super) fn matching_row_groups(&self, metadata: &ParquetMetaData) -> Vec<usize> {
        let groups = metadata.row_groups().iter().enumerate();
        groups.filter(|(_, group)| self.may_match_row_group(group)).map(|(i, _)| i).collect()
    }

    fn may_match_row_group(&self, group: &RowGroupMetaData) -> bool {
        let time = group.columns().iter().find(|c| c.column_path().string() == TIME_COLUMN);
        let Some(Statistics::Int64(times)) = time.and_then(|column| column.statistics()) else {
            return true;
        };
        let early = self
            .from
            .zip(times.max_opt())
            .is_some_and(|(from, max)| *max < from.timestamp_micros());
        let late =
            self.to.zip(times.min_opt()).is_some_and(|(to, min)| *min > to.timestamp_micros());
        !early && !late
    }

    /// Whether the column is read.
    pub(super) fn includes_column(&self, column: &str) -> bool {
        self.columns.as_ref().is_none_or(|names| names.iter().any(|name| name == column))
    }

    pub(super) fn projection(&self, schema: &SchemaDescriptor) -> ProjectionMask {
        match &self.columns {
            Some(names) => ProjectionMask::columns(schema, names.iter().map(String::as_str)),
            None => ProjectionMask::all(),
        }
    }
}
