//! Lazy polars frames over tables.

use std::any::Any;
use std::sync::Arc;

use polars::prelude::{
    AnonymousScan, AnonymousScanArgs, DataFrame, LazyFrame, PolarsError, PolarsResult,
    ScanArgsAnonymous,
};

use super::frame::{to_frame, to_frame_schema};
use crate::error::LakeError;
use crate::schema::Table;
use crate::store::{Filter, Store};

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
