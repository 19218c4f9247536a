//! One `[[files]]` entry of a mapping.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use plimsoll_lake::Partition;

use super::column::ColumnOptions;
use super::delimiter::Delimiter;
use super::pattern::FileNamePattern;
use super::spec::ParameterSpec;
use crate::csv::decode::decimal_mark::DecimalMark;
use crate::csv::price_jump::JumpRules;

/// The files of one name pattern, and how they fill one partition of one table.
#[derive(Debug, Clone)]
pub(crate) struct FileMapping {
    /// Line of the mapping, counted from 1, on which the entry begins.
    pub(crate) line: usize,
    pub(crate) pattern: FileNamePattern,
    pub(crate) partition: Partition,
    pub(crate) fields: BTreeMap<String, FieldSource>,
    pub(crate) ignored_columns: HashSet<String>,
    /// The delimiter of cells; detected in each file's header if `None`.
    pub(crate) delimiter: Option<Delimiter>,
    /// The decimal mark; `None` for a point, or what a file separated by `;` uses.
    pub(crate) decimal: Option<DecimalMark>,
    pub(crate) parameters: Arc<BTreeMap<String, ParameterSpec>>,
    pub(crate) jumps: Option<JumpRules>,
}

/// The source of a field's values in a mapping.
#[derive(Debug, Clone)]
pub(crate) enum FieldSource {
    /// The same value in every row.
    Constant(String),
    /// A part of the file's name.
    Capture,
    /// A column of the file.
    Column(ColumnOptions),
    /// The row's number within its block, counted from this value.
    Ordinal(u32),
}

impl FieldSource {
    /// The column's name, if the source is a column.
    pub(crate) fn column_name(&self) -> Option<&str> {
        match self {
            Self::Column(column) => Some(&column.name),
            _ => None,
        }
    }
}
