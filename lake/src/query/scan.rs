//! Filters on rows and columns, and lazy frames.

use std::any::Any;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use parquet::arrow::ProjectionMask;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::statistics::Statistics;
use parquet::schema::types::SchemaDescriptor;
use polars::prelude::{
    AnonymousScan, AnonymousScanArgs, DataFrame, LazyFrame, PolarsError, PolarsResult,
    ScanArgsAnonymous,
};

use crate::frame::{to_frame, to_frame_schema};
use crate::{FileEntry, LakeError, RangeUnit, Store, Table};

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

    pub(crate) fn may_match_file(&self, entry: &FileEntry) -> bool {
        let fits =
            |(column, value): &(String, String)| entry.partition.value(column) == Some(value);
        let timed = entry.range.unit == RangeUnit::Times;
        let early = timed && self.from.is_some_and(|from| entry.range.to < from.timestamp());
        let late = timed && self.to.is_some_and(|to| entry.range.from > to.timestamp());
        self.partition.iter().all(fits) && !early && !late
    }

    pub(crate) fn matching_row_groups(&self, metadata: &ParquetMetaData) -> Vec<usize> {
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
    pub(crate) fn includes_column(&self, column: &str) -> bool {
        self.columns.as_ref().is_none_or(|names| names.iter().any(|name| name == column))
    }

    pub(crate) fn projection(&self, schema: &SchemaDescriptor) -> ProjectionMask {
        match &self.columns {
            Some(names) => ProjectionMask::columns(schema, names.iter().map(String::as_str)),
            None => ProjectionMask::all(),
        }
    }
}

impl Store {
    /// A lazy frame over a table's declared columns; only those that the query uses are read.
    ///
    /// The filter only prunes files and row groups; for exact bounds, the query must also filter on
    /// `time`.
    ///
    /// # Errors
    /// [`LakeError::Polars`] if the plan cannot be built.
    pub fn scan(&self, table: &'static Table, filter: Filter) -> Result<LazyFrame, LakeError> {
        let schema = Arc::new(to_frame_schema(&table.schema()));
        let args =
            ScanArgsAnonymous { schema: Some(schema), name: table.name, ..Default::default() };
        let scan = TableScan { store: self.clone(), table, filter };
        Ok(LazyFrame::anonymous_scan(Arc::new(scan), args)?)
    }
}

struct TableScan {
    store: Store,
    table: &'static Table,
    filter: Filter,
}

impl AnonymousScan for TableScan {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn scan(&self, args: AnonymousScanArgs) -> PolarsResult<DataFrame> {
        let declared = self.table.schema();
        let names: Vec<String> = match args.with_columns {
            Some(columns) => columns.iter().map(ToString::to_string).collect(),
            None => declared.fields().iter().map(|field| field.name().clone()).collect(),
        };
        let batches = self.store.read(self.table, &self.filter.clone().columns(&names));
        let batches =
            batches.map_err(|error| PolarsError::ComputeError(error.to_string().into()))?;
        to_frame(&declared, &names, &batches)
    }

    fn allows_projection_pushdown(&self) -> bool {
        true
    }
}
