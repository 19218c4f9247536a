//! One `[[files]]` entry of a mapping.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::TimeDelta;
use plimsoll_lake::Partition;

use super::pattern::FileNamePattern;
use super::spec::ParameterSpec;
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
    Column {
        /// The column's name in the header.
        name: String,
        /// Whether numbers are negated.
        negate: bool,
        /// Duration added to times.
        shift: TimeDelta,
    },
    /// The row's number within its block, counted from this value.
    Ordinal(u32),
}

impl FieldSource {
    /// The column's name, if the source is a column.
    pub(crate) fn column_name(&self) -> Option<&str> {
        match self {
            Self::Column { name, .. } => Some(name),
            _ => None,
        }
    }
}
