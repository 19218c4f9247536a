//! The macro that declares a table.

use super::cell::CellError;
use crate::error::LakeError;

/// Wraps a value that does not fit with its table and column.
pub(crate) fn value_error(
    table: &'static str,
    column: &'static str,
) -> impl Fn(CellError) -> LakeError {
    move |CellError { value, limit }| LakeError::ValueOutOfRange { table, column, value, limit }
}

/// Declares a table: the row struct, a const for each column's name, and the schema.
macro_rules! table {
    (
        $(#[doc = $table_doc:literal])+
        $row:ident in $name:literal,
        partitioned by $partition:expr, keyed by $key:expr, sorted by $sort:expr,
        ranged by $unit:ident of $range:literal {
            $( #[doc = $doc:literal] $konst:ident = $field:ident: $cell:ty, )+
        }
    ) => {
        $(#[doc = $table_doc])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $row {
            $( #[doc = $doc] pub $field: $cell, )+
        }

        impl $row {
            $(
                #[doc = concat!("The column `", stringify!($field), "`.")]
                pub const $konst: &'static str = stringify!($field);
            )+
        }

        impl $crate::schema::Row for $row {
            const TABLE: $crate::schema::Table = $crate::schema::Table {
                name: $name,
                doc: concat!($($table_doc),+),
                columns: || vec![ $( $crate::schema::Column {
                    name: stringify!($field),
                    data_type: <$cell as $crate::schema::Cell>::data_type(),
                    nullable: <$cell as $crate::schema::Cell>::NULLABLE,
                    doc: $doc,
                }, )+ ],
                partitioned_by: &$partition,
                keyed_by: &$key,
                sorted_by: &$sort,
                ranged_by: ($crate::schema::RangeUnit::$unit, $range),
            };

            fn to_batch(rows: &[Self]) -> Result<arrow::array::RecordBatch, $crate::error::LakeError> {
                let columns = vec![ $(
                    <$cell as $crate::schema::Cell>::encode(rows.iter().map(|row| row.$field.clone()))
                        .map_err($crate::schema::value_error($name, stringify!($field)))?,
                )+ ];
                Ok(arrow::array::RecordBatch::try_new(Self::TABLE.schema(), columns)?)
            }

            fn from_batch(batch: &arrow::array::RecordBatch) -> Result<Vec<Self>, $crate::error::LakeError> {
                let batch = $crate::schema::conform(&Self::TABLE, batch)?;
                let mut columns = batch.columns().iter();
                $( let $field = columns.next().expect("conform returns every column"); )+
                let decode = |row: usize| {
                    Ok(Self { $(
                        $field: $crate::schema::Cell::decode($field, row)
                            .map_err($crate::schema::value_error($name, stringify!($field)))?,
                    )+ })
                };
                (0..batch.num_rows()).map(decode).collect()
            }
        }
    };
}
pub(crate) use table;
