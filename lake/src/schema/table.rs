//! The schema of a table.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::range::RangeUnit;

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
