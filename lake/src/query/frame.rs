//! Conversion of Arrow batches to polars frames, column by column.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Float64Type, Int32Type, Int64Type, SchemaRef,
    TimestampMicrosecondType,
};
use polars::prelude as pl;
use polars::prelude::{IntoSeries, NamedFrom, NewChunkedArray};

/// The polars schema of an Arrow schema, as [`to_frame`] converts it.
pub(crate) fn to_frame_schema(schema: &SchemaRef) -> pl::Schema {
    let fields = schema.fields().iter();
    fields.map(|f| pl::Field::new(f.name().as_str().into(), polars_type(f.data_type()))).collect()
}

fn polars_type(arrow: &DataType) -> pl::DataType {
    match arrow {
        DataType::Boolean => pl::DataType::Boolean,
        DataType::Int32 => pl::DataType::Int32,
        DataType::Int64 => pl::DataType::Int64,
        DataType::Float64 => pl::DataType::Float64,
        DataType::Decimal128(digits, scale) => {
            pl::DataType::Decimal(usize::from(*digits), scale.unsigned_abs().into())
        }
        DataType::Timestamp(..) => pl::DataType::Datetime(pl::TimeUnit::Microseconds, None),
        DataType::Binary => pl::DataType::Binary,
        _ => pl::DataType::String,
    }
}

/// Concatenates the named columns of batches into one frame; times are UTC.
pub(crate) fn to_frame(
    schema: &SchemaRef,
    names: &[String],
    batches: &[RecordBatch],
) -> pl::PolarsResult<pl::DataFrame> {
    let column = |name: &String| -> pl::PolarsResult<pl::Column> {
        let field = schema
            .field_with_name(name)
            .map_err(|_| pl::PolarsError::ColumnNotFound(name.clone().into()))?;
        let mut stacked =
            pl::Series::new_empty(name.as_str().into(), &polars_type(field.data_type()));
        for batch in batches {
            let array = batch.column_by_name(name);
            let array =
                array.ok_or_else(|| pl::PolarsError::ColumnNotFound(name.clone().into()))?;
            stacked.append(&to_series(name, array)?)?;
        }
        Ok(stacked.rechunk().into())
    };
    let height = batches.iter().map(RecordBatch::num_rows).sum();
    pl::DataFrame::new(height, names.iter().map(column).collect::<Result<_, _>>()?)
}

fn to_series(name: &str, array: &ArrayRef) -> pl::PolarsResult<pl::Series> {
    Ok(match array.data_type() {
        DataType::Boolean => {
            pl::BooleanChunked::from_iter_options(name.into(), array.as_boolean().iter())
                .into_series()
        }
        DataType::Int32 => numeric_chunked::<Int32Type, pl::Int32Type>(name, array).into_series(),
        DataType::Int64 => numeric_chunked::<Int64Type, pl::Int64Type>(name, array).into_series(),
        DataType::Float64 => {
            numeric_chunked::<Float64Type, pl::Float64Type>(name, array).into_series()
        }
        DataType::Decimal128(digits, scale) => {
            numeric_chunked::<Decimal128Type, pl::Int128Type>(name, array)
                .into_decimal(usize::from(*digits), scale.unsigned_abs().into())?
                .into_series()
        }
        DataType::Timestamp(..) => {
            numeric_chunked::<TimestampMicrosecondType, pl::Int64Type>(name, array)
                .into_datetime(pl::TimeUnit::Microseconds, None)
                .into_series()
        }
        DataType::Binary => {
            pl::BinaryChunked::from_iter_options(name.into(), array.as_binary::<i32>().iter())
                .into_series()
        }
        _ => pl::Series::new(name.into(), array.as_string::<i32>().iter().collect::<Vec<_>>()),
    })
}

fn numeric_chunked<A, P>(name: &str, array: &ArrayRef) -> pl::ChunkedArray<P>
where
    A: ArrowPrimitiveType,
    P: pl::PolarsNumericType<Native = A::Native>,
    pl::ChunkedArray<P>: NewChunkedArray<P, A::Native>,
{
    let array = array.as_primitive::<A>();
    if array.null_count() == 0 {
        pl::ChunkedArray::from_slice(name.into(), array.values())
    } else {
        pl::ChunkedArray::from_iter_options(name.into(), array.iter())
    }
}
