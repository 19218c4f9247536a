//! Comparable encodings of rows and keys.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::row::{RowConverter, Rows, SortField};

use crate::error::LakeError;
use crate::schema::Table;

/// The number of distinct keys of a batch.
pub(super) fn count_distinct_keys(table: &Table, batch: &RecordBatch) -> Result<usize, LakeError> {
    let mut encoder = RowEncoder::new(batch, Some(table.keyed_by))?;
    let keys = encoder.encode(batch)?;
    Ok(keys.iter().collect::<HashSet<_>>().len())
}

/// Encodes some columns of rows as comparable bytes.
pub(super) struct RowEncoder {
    converter: RowConverter,
    columns: Vec<usize>,
}

impl RowEncoder {
    pub(super) fn new(batch: &RecordBatch, names: Option<&[&str]>) -> Result<Self, LakeError> {
        let schema = batch.schema();
        let columns = match names {
            Some(names) => {
                names.iter().map(|name| schema.index_of(name)).collect::<Result<_, _>>()?
            }
            None => (0..schema.fields().len()).collect::<Vec<_>>(),
        };
        let field = |&i: &usize| SortField::new(schema.field(i).data_type().clone());
        let converter = RowConverter::new(columns.iter().map(field).collect())?;
        Ok(Self { converter, columns })
    }

    pub(super) fn encode(&mut self, batch: &RecordBatch) -> Result<Rows, LakeError> {
        let columns: Vec<_> = self.columns.iter().map(|&i| Arc::clone(batch.column(i))).collect();
        Ok(self.converter.convert_columns(&columns)?)
    }
}
