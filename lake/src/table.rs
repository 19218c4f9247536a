//! What a table is, and the macro that declares one.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use crate::range::RangeUnit;

/// One column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// The column's name in every file.
    pub name: &'static str,
    /// Its Arrow type.
    pub data_type: DataType,
    /// Whether it may hold nulls.
    pub nullable: bool,
    /// What it means, with its unit.
    pub doc: &'static str,
}

/// A table: its name, its columns and how its files are cut.
#[derive(Debug)]
pub struct Table {
    /// The table's folder.
    pub name: &'static str,
    /// What a row is.
    pub doc: &'static str,
    /// The columns, in the order in which they are written.
    pub columns: fn() -> Vec<Column>,
    /// Columns that name the Hive folders, outermost first.
    pub partitioned_by: &'static [&'static str],
    /// Columns that, with the partition, make a row unique.
    pub keyed_by: &'static [&'static str],
    /// Columns by which a file is sorted.
    pub sorted_by: &'static [&'static str],
    /// What the ranges in its file names count, and the column that holds it.
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
                $( let $field = columns.next().expect("conform gave every column"); )+
                Ok((0..batch.num_rows())
                    .map(|row| Self { $( $field: $crate::cell::Cell::decode($field, row), )+ })
                    .collect())
            }
        }
    };
}
pub(crate) use table;
