//! Checks on record batches before they enter a file.

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{SchemaRef, TimestampMicrosecondType, UInt64Type};

use crate::{LakeError, Range, Table, Unit};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// Puts the table's own columns in the table's order, keeping any further ones behind them.
///
/// # Errors
/// [`LakeError::Schema`] if a column is absent or of another type.
pub(crate) fn conform(table: &Table, batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let schema = batch.schema();
    let mismatch = || LakeError::Schema {
        table: table.name,
        expected: names(&table.schema()),
        found: names(&schema),
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

fn names(schema: &SchemaRef) -> String {
    let field = |f: &arrow::datatypes::FieldRef| format!("{}: {}", f.name(), f.data_type());
    schema.fields().iter().map(field).collect::<Vec<_>>().join(", ")
}

/// Sorts rows by the table's sort columns.
pub(crate) fn sort(table: &Table, batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let column = |name: &&str| -> Result<SortColumn, LakeError> {
        let values = batch.column(batch.schema().index_of(name)?).clone();
        Ok(SortColumn { values, options: None })
    };
    let columns = table.sorted_by.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    if columns.is_empty() || batch.num_rows() == 0 {
        return Ok(batch.clone());
    }
    let order = lexsort_to_indices(&columns, None)?;
    Ok(take_record_batch(batch, &order)?)
}

/// Joins batches of one schema end to end.
pub(crate) fn concat(
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> Result<RecordBatch, LakeError> {
    Ok(concat_batches(schema, batches)?)
}

/// Each row's place on its table's axis: its block, its second or its line.
pub(crate) fn places(table: &Table, batch: &RecordBatch) -> Result<Vec<i64>, LakeError> {
    let (unit, name) = table.ranged_by;
    if unit == Unit::Whole {
        return Ok(vec![0; batch.num_rows()]);
    }
    let column = batch.column(batch.schema().index_of(name)?);
    Ok(match unit {
        Unit::Times => column
            .as_primitive::<TimestampMicrosecondType>()
            .values()
            .iter()
            .map(|micros| micros.div_euclid(MICROS_PER_SECOND))
            .collect(),
        _ => column.as_primitive::<UInt64Type>().values().iter().map(|&v| v as i64).collect(),
    })
}

/// Checks that every row lies in the range it is said to be in.
pub(crate) fn check_within(table: &Table, places: &[i64], range: Range) -> Result<(), LakeError> {
    match places.iter().find(|&&value| !range.contains(value)) {
        None => Ok(()),
        Some(&value) => {
            Err(LakeError::OutOfRange { table: table.name, value, from: range.from, to: range.to })
        }
    }
}
