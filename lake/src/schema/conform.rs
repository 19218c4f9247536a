//! Selection of a table's columns from record batches.

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::table::Table;
use crate::error::LakeError;

/// Reorders columns to the table's order; additional columns follow in their own order.
///
/// # Errors
/// [`LakeError::SchemaMismatch`] if a column is missing or has another type.
pub(crate) fn conform(table: &Table, batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let schema = batch.schema();
    let mismatch = || LakeError::SchemaMismatch {
        table: table.name,
        expected: describe_columns(&table.schema()),
        found: describe_columns(&schema),
    };
    let mut order = Vec::with_capacity(schema.fields().len());
    for column in (table.columns)() {
        let index = schema.index_of(column.name).map_err(|_| mismatch())?;
        if schema.field(index).data_type() != &column.data_type {
            return Err(mismatch());
        }
        order.push(index);
    }
    let own = order.len();
    order.extend(
        (0..schema.fields().len()).filter(|i| !order[..own].contains(i)).collect::<Vec<_>>(),
    );
    Ok(batch.project(&order)?)
}

fn describe_columns(schema: &SchemaRef) -> String {
    let field = |f: &arrow::datatypes::FieldRef| format!("{}: {}", f.name(), f.data_type());
    schema.fields().iter().map(field).collect::<Vec<_>>().join(", ")
}
