//! The Rust types of column values and their Arrow encodings.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Decimal128Array, Float64Array,
    StringArray, TimestampMicrosecondArray, UInt32Array, UInt64Array,
};
use arrow::datatypes::{
    DataType, Decimal128Type, Float64Type, TimeUnit, TimestampMicrosecondType, UInt32Type,
    UInt64Type,
};
use chrono::{DateTime, Utc};

/// Digits of an exact integer amount; 10^38 exceeds every token supply in smallest units.
const EXACT_DIGITS: u8 = 38;

/// A Rust type of a column's values.
pub(crate) trait Cell: Sized {
    /// Whether the column is nullable.
    const NULLABLE: bool;
    /// The column's Arrow type.
    fn data_type() -> DataType;
    /// Encodes values as an Arrow array.
    fn encode(cells: impl Iterator<Item = Self>) -> ArrayRef;
    /// Decodes one value; `array` has type [`Cell::data_type`].
    fn decode(array: &dyn Array, row: usize) -> Self;
}

/// A type with an Arrow equivalent, nullable when wrapped in `Option`.
trait Primitive: Sized {
    fn data_type() -> DataType;
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> ArrayRef;
    fn decode(array: &dyn Array, row: usize) -> Self;
}

impl<T: Primitive> Cell for T {
    const NULLABLE: bool = false;
    fn data_type() -> DataType {
        T::data_type()
    }
    fn encode(cells: impl Iterator<Item = Self>) -> ArrayRef {
        T::encode(cells.map(Some))
    }
    fn decode(array: &dyn Array, row: usize) -> Self {
        <T as Primitive>::decode(array, row)
    }
}

impl<T: Primitive> Cell for Option<T> {
    const NULLABLE: bool = true;
    fn data_type() -> DataType {
        T::data_type()
    }
    fn encode(cells: impl Iterator<Item = Self>) -> ArrayRef {
        T::encode(cells)
    }
    fn decode(array: &dyn Array, row: usize) -> Self {
        array.is_valid(row).then(|| <T as Primitive>::decode(array, row))
    }
}

impl Primitive for bool {
    fn data_type() -> DataType {
        DataType::Boolean
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> ArrayRef {
        Arc::new(cells.collect::<BooleanArray>())
    }
    fn decode(array: &dyn Array, row: usize) -> Self {
        array.as_boolean().value(row)
    }
}

impl Primitive for f64 {
    fn data_type() -> DataType {
        DataType::Float64
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> ArrayRef {
        Arc::new(cells.collect::<Float64Array>())
    }
    fn decode(array: &dyn Array, row: usize) -> Self {
        array.as_primitive::<Float64Type>().value(row)
    }
}

impl Primitive for u32 {
    fn data_type() -> DataType {
        DataType::UInt32
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> ArrayRef {
        Arc::new(cells.collect::<UInt32Array>())
    }
    fn decode(array: &dyn Array, row: usize) -> Self {
        array.as_primitive::<UInt32Type>().value(row)
    }
}

impl Primitive for u64 {
    fn data_type() -> DataType {
        DataType::UInt64
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> ArrayRef {
        Arc::new(cells.collect::<UInt64Array>())
    }
    fn decode(array: &dyn Array, row: usize) -> Self {
        array.as_primitive::<UInt64Type>().value(row)
    }
}

impl Primitive for i128 {
    fn data_type() -> DataType {
        DataType::Decimal128(EXACT_DIGITS, 0)
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> ArrayRef {
        let exact: Decimal128Array = cells.collect();
        Arc::new(exact.with_data_type(<Self as Primitive>::data_type()))
    }
    fn decode(array: &dyn Array, row: usize) -> Self {
        array.as_primitive::<Decimal128Type>().value(row)
    }
}

impl Primitive for String {
    fn data_type() -> DataType {
        DataType::Utf8
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> ArrayRef {
        Arc::new(cells.collect::<StringArray>())
    }
    fn decode(array: &dyn Array, row: usize) -> Self {
        array.as_string::<i32>().value(row).to_owned()
    }
}

impl Primitive for Vec<u8> {
    fn data_type() -> DataType {
        DataType::Binary
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> ArrayRef {
        Arc::new(cells.collect::<BinaryArray>())
    }
    fn decode(array: &dyn Array, row: usize) -> Self {
        array.as_binary::<i32>().value(row).to_owned()
    }
}

impl Primitive for DateTime<Utc> {
    fn data_type() -> DataType {
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
    }
    fn encode(cells: impl Iterator<Item = Option<Self>>) -> ArrayRef {
        let micros: TimestampMicrosecondArray =
            cells.map(|time| time.map(|time| time.timestamp_micros())).collect();
        Arc::new(micros.with_timezone("UTC"))
    }
    fn decode(array: &dyn Array, row: usize) -> Self {
        let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
        Self::from_timestamp_micros(micros).expect("the column was written from a DateTime")
    }
}
