//! Table schemas, and the macro that declares a table.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use crate::range::RangeUnit;

/// One column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Name in every file.
    pub name: &'static str,
    /// Arrow type.
    pub data_type: DataType,
    /// Whether the column is nullable.
    pub nullable: bool,
    /// Meaning, with its unit.
    pub doc: &'static str,
}

/// The schema of a table: its name, columns, partitions and file ranges.
#[derive(Debug)]
pub struct Table {
    /// Name of the table and of its folder.
    pub name: &'static str,
    /// Meaning of a row.
    pub doc: &'static str,
    /// Columns in file order.
    pub columns: fn() -> Vec<Column>,
    /// Columns of the Hive folders, outermost first.
    pub partitioned_by: &'static [&'static str],
    /// Columns that identify a row within its partition.
    pub keyed_by: &'static [&'static str],
    /// Sort columns of a file.
    pub sorted_by: &'static [&'static str],
    /// Unit of the ranges in file names, and the column with the range value.
    pub ranged_by: (RangeUnit, &'static str),
}

impl Table {
    /// The table's Arrow schema.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        let field = |c: Column| Field::new(c.name, c.data_type, c.nullable);
        Arc::new(Schema::new((self.columns)().into_iter().map(field).collect::<Vec<_>>()))
    }
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

        impl $crate::tables::Row for $row {
            const TABLE: $crate::Table = $crate::Table {
                name: $name,
                doc: concat!($($table_doc),+),
                columns: || vec![ $( $crate::Column {
                    name: stringify!($field),
                    data_type: <$cell as $crate::cell::Cell>::data_type(),
                    nullable: <$cell as $crate::cell::Cell>::NULLABLE,
                    doc: $doc,
                }, )+ ],
                partitioned_by: &$partition,
                keyed_by: &$key,
                sorted_by: &$sort,
                ranged_by: ($crate::RangeUnit::$unit, $range),
            };

            fn to_batch(rows: &[Self]) -> Result<arrow::array::RecordBatch, $crate::LakeError> {
                let columns = vec![ $(
                    <$cell as $crate::cell::Cell>::encode(rows.iter().map(|row| row.$field.clone())),
                )+ ];
                Ok(arrow::array::RecordBatch::try_new(Self::TABLE.schema(), columns)?)
            }

            fn from_batch(batch: &arrow::array::RecordBatch) -> Result<Vec<Self>, $crate::LakeError> {
                let batch = $crate::batch::conform(&Self::TABLE, batch)?;
                let mut columns = batch.columns().iter();
                $( let $field = columns.next().expect("conform returns every column"); )+
                Ok((0..batch.num_rows())
                    .map(|row| Self { $( $field: $crate::cell::Cell::decode($field, row), )+ })
                    .collect())
            }
        }
    };
}
pub(crate) use table;
