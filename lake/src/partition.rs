//! A table's partition: one value for each of its partition columns.

use std::path::{Path, PathBuf};

use crate::{LakeError, Table};

const LONGEST_VALUE: usize = 128;

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
    /// [`LakeError::PartitionValue`] if a value is missing, or could not be a folder's name.
    pub fn of<S: AsRef<str>>(table: &'static Table, values: &[S]) -> Result<Self, LakeError> {
        let values: Vec<String> = values.iter().map(|v| v.as_ref().to_owned()).collect();
        let expected = table.partitioned_by.len();
        let bad = values.iter().find(|v| !is_plain(v)).cloned();
        match bad.or_else(|| (values.len() != expected).then(|| values.join("/"))) {
            Some(value) => Err(LakeError::PartitionValue { value }),
            None => Ok(Self { table, values }),
        }
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

    /// The partition's folder below the lake's root: `table/column=value/...`.
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

fn is_plain(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    (1..=LONGEST_VALUE).contains(&value.len())
        && value.chars().all(plain)
        && !value.starts_with('.')
}
