//! The Rust types of column values and their Arrow encodings.
//!
//! No encoding is unsigned, and times are microseconds: Iceberg, Athena, Hive and older releases of
//! Spark have no unsigned integers and no nanoseconds.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Decimal128Array, Float64Array, Int32Array,
    Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{
    DataType, Decimal128Type, Float64Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use chrono::{DateTime, Utc};

/// Digits of an exact integer amount; 10^38 exceeds every token supply in smallest units.
const EXACT_DIGITS: u8 = 38;
/// Smallest magnitude that a column of exact amounts cannot contain.
const EXACT_LIMIT: u128 = 10_u128.pow(EXACT_DIGITS as u32);

/// A value that its column cannot contain, with the limit.
#[derive(Debug)]
pub(crate) struct CellError {
    pub(crate) value: String,
    pub(crate) limit: String,
}

impl CellError {
    fn new(value: impl ToString, limit: impl ToString) -> Self {
        Self { value: value.to_string(), limit: limit.to_string() }
    }
}

/// A Rust type of a column's values.
pub(crate) trait Cell: Sized {
    /// Whether the column is nullable.
    const NULLABLE: bool;
    /// The column's Arrow type.
    fn data_type() -> DataType;
    /// Encodes values as an Arrow array; fails on a value beyond the column's type.
    fn encode(cells: impl Iterator<Item = Self>) -> Result<ArrayRef, CellError>;
    /// Decodes one value; `array` has type [`Cell::data_type`]. Fails on a value beyond the Rust type.
    fn decode(array: &dyn Array, row: usize) -> Result<Self, CellError>;
}

/// A type with an Arrow equivalent, nullable when wrapped in `Option`.
trait Primitive: Sized {
    fn data_type() -> DataType;
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> Result<ArrayRef, CellError>;
    fn decode(array: &dyn Array, row: usize) -> Result<Self, CellError>;
}

impl<T: Primitive> Cell for T {
    const NULLABLE: bool = false;
    fn data_type() -> DataType {
        T::data_type()
    }
    fn encode(cells: impl Iterator<Item = Self>) -> Result<ArrayRef, CellError> {
        T::encode(cells.map(Some))
    }
    fn decode(array: &dyn Array, row: usize) -> Result<Self, CellError> {
        <T as Primitive>::decode(array, row)
    }
}

impl<T: Primitive> Cell for Option<T> {
    const NULLABLE: bool = true;
    fn data_type() -> DataType {
        T::data_type()
    }
    fn encode(cells: impl Iterator<Item = Self>) -> Result<ArrayRef, CellError> {
        T::encode(cells)
    }
    fn decode(array: &dyn Array, row: usize) -> Result<Self, CellError> {
        array.is_valid(row).then(|| <T as Primitive>::decode(array, row)).transpose()
    }
}

impl Primitive for bool {
    fn data_type() -> DataType {
        DataType::Boolean
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> Result<ArrayRef, CellError> {
        Ok(Arc::new(cells.collect::<BooleanArray>()))
    }
    fn decode(array: &dyn Array, row: usize) -> Result<Self, CellError> {
        Ok(array.as_boolean().value(row))
    }
}

impl Primitive for f64 {
    fn data_type() -> DataType {
        DataType::Float64
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> Result<ArrayRef, CellError> {
        Ok(Arc::new(cells.collect::<Float64Array>()))
    }
    fn decode(array: &dyn Array, row: usize) -> Result<Self, CellError> {
        Ok(array.as_primitive::<Float64Type>().value(row))
    }
}

impl Primitive for u32 {
    fn data_type() -> DataType {
        DataType::Int32
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> Result<ArrayRef, CellError> {
        let limit = |value| CellError::new(value, i32::MAX);
        let signed = |cell: Option<Self>| -> Result<_, CellError> {
            cell.map(|value| i32::try_from(value).map_err(|_| limit(value))).transpose()
        };
        Ok(Arc::new(cells.map(signed).collect::<Result<Int32Array, _>>()?))
    }
    fn decode(array: &dyn Array, row: usize) -> Result<Self, CellError> {
        let value = array.as_primitive::<Int32Type>().value(row);
        Self::try_from(value).map_err(|_| CellError::new(value, 0))
    }
}

impl Primitive for u64 {
    fn data_type() -> DataType {
        DataType::Int64
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> Result<ArrayRef, CellError> {
        let limit = |value| CellError::new(value, i64::MAX);
        let signed = |cell: Option<Self>| -> Result<_, CellError> {
            cell.map(|value| i64::try_from(value).map_err(|_| limit(value))).transpose()
        };
        Ok(Arc::new(cells.map(signed).collect::<Result<Int64Array, _>>()?))
    }
    fn decode(array: &dyn Array, row: usize) -> Result<Self, CellError> {
        let value = array.as_primitive::<Int64Type>().value(row);
        Self::try_from(value).map_err(|_| CellError::new(value, 0))
    }
}

impl Primitive for i128 {
    fn data_type() -> DataType {
        DataType::Decimal128(EXACT_DIGITS, 0)
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> Result<ArrayRef, CellError> {
        let fits = |value: Self| value.unsigned_abs() < EXACT_LIMIT;
        let exact = cells.map(|cell| match cell {
            Some(value) if !fits(value) => Err(CellError::new(value, EXACT_LIMIT - 1)),
            cell => Ok(cell),
        });
        let exact = exact.collect::<Result<Decimal128Array, _>>()?;
        Ok(Arc::new(exact.with_data_type(<Self as Primitive>::data_type())))
    }
    fn decode(array: &dyn Array, row: usize) -> Result<Self, CellError> {
        Ok(array.as_primitive::<Decimal128Type>().value(row))
    }
}

impl Primitive for String {
    fn data_type() -> DataType {
        DataType::Utf8
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> Result<ArrayRef, CellError> {
        Ok(Arc::new(cells.collect::<StringArray>()))
    }
    fn decode(array: &dyn Array, row: usize) -> Result<Self, CellError> {
        Ok(array.as_string::<i32>().value(row).to_owned())
    }
}

impl Primitive for Vec<u8> {
    fn data_type() -> DataType {
        DataType::Binary
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> Result<ArrayRef, CellError> {
        Ok(Arc::new(cells.collect::<BinaryArray>()))
    }
    fn decode(array: &dyn Array, row: usize) -> Result<Self, CellError> {
        Ok(array.as_binary::<i32>().value(row).to_owned())
    }
}

impl Primitive for DateTime<Utc> {
    fn data_type() -> DataType {
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> Result<ArrayRef, CellError> {
        let micros: TimestampMicrosecondArray =
            cells.map(|time| time.map(|time| time.timestamp_micros())).collect();
        Ok(Arc::new(micros.with_timezone("UTC")))
    }
    fn decode(array: &dyn Array, row: usize) -> Result<Self, CellError> {
        let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
        let limit = || CellError::new(micros, Self::MAX_UTC.timestamp_micros());
        Self::from_timestamp_micros(micros).ok_or_else(limit)
    }
}
