//! A partition of a table: one value per partition column.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::array::{AsArray, RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;

use super::table::Table;
use crate::error::LakeError;

const MAX_VALUE_LENGTH: usize = 128;

/// One partition of one table, such as `position_events/chain=ethereum/protocol=maker/market=eth-b`.
#[derive(Debug, Clone)]
pub struct Partition {
    table: &'static Table,
    values: Vec<String>,
}

impl Partition {
    /// The partition of `table` with these values, in the order of its partition columns.
    ///
    /// # Errors
    /// [`LakeError::InvalidPartitionValue`] if a value is missing or cannot be a folder name.
    pub fn new<S: AsRef<str>>(table: &'static Table, values: &[S]) -> Result<Self, LakeError> {
        let values: Vec<String> = values.iter().map(|v| v.as_ref().to_owned()).collect();
        let expected = table.partitioned_by.len();
        let bad = values.iter().find(|v| !is_valid_value(v)).cloned();
        match bad.or_else(|| (values.len() != expected).then(|| values.join("/"))) {
            Some(value) => Err(LakeError::InvalidPartitionValue { value }),
            None => Ok(Self { table, values }),
        }
    }

    /// Splits a batch by the partition of each row.
    ///
    /// # Errors
    /// [`LakeError::InvalidPartitionValue`] if a row's value cannot be a folder name.
    pub fn split_batch(
        table: &'static Table,
        batch: &RecordBatch,
    ) -> Result<Vec<(Self, RecordBatch)>, LakeError> {
        let column = |name: &&str| -> Result<_, LakeError> {
            Ok(batch.column(batch.schema().index_of(name)?).as_string::<i32>().clone())
        };
        let columns = table.partitioned_by.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        let mut rows: BTreeMap<Vec<&str>, Vec<u32>> = BTreeMap::new();
        for row in 0..batch.num_rows() {
            let values = columns.iter().map(|column| column.value(row)).collect();
            rows.entry(values).or_default().push(row as u32);
        }
        let part = |(values, rows): (Vec<&str>, Vec<u32>)| {
            let rows = take_record_batch(batch, &UInt32Array::from(rows))?;
            Ok((Self::new(table, &values)?, rows))
        };
        rows.into_iter().map(part).collect()
    }

    /// The table.
    #[must_use]
    pub const fn table(&self) -> &'static Table {
        self.table
    }

    /// The values, in the order of the table's partition columns.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// The partition's folder relative to the lake's root: `table/column=value/...`.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        let hive = |(column, value): (&&str, &String)| format!("{column}={value}");
        let folders = self.table.partitioned_by.iter().zip(&self.values).map(hive);
        Path::new(self.table.name).join(folders.collect::<PathBuf>())
    }

    /// The partition's name without its table, such as `chain=ethereum/protocol=maker/market=eth-b`.
    #[must_use]
    pub fn name(&self) -> String {
        let path = self.path();
        path.strip_prefix(self.table.name).unwrap_or(&path).display().to_string()
    }

    /// The value of one partition column.
    #[must_use]
    pub fn value(&self, column: &str) -> Option<&str> {
        let index = self.table.partitioned_by.iter().position(|&c| c == column)?;
        Some(&self.values[index])
    }
}

fn is_valid_value(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    (1..=MAX_VALUE_LENGTH).contains(&value.len())
        && value.chars().all(plain)
        && !value.starts_with('.')
}
