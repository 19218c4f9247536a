//! A validated mapping: which files fill which table, and from which columns.

mod column;
mod delimiter;
mod duration;
mod file_mapping;
mod market;
mod pattern;
mod spec;

use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use column::{ColumnOptions, Unit};
pub(crate) use delimiter::Delimiter;
pub(crate) use file_mapping::{FieldSource, FileMapping};
pub(crate) use market::Market;
pub(crate) use pattern::Captures;
pub(crate) use spec::{FileSpec, JumpSpec, MappingSpec, MarketSpec, ParameterSpec, Transform};

/// How the files of one kind of export become rows of the lake's tables.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    pub(crate) market: Option<Arc<Market>>,
    pub(crate) files: Vec<FileMapping>,
}

impl Mapping {
    /// The mapping's name, which is the partition of its quarantined rows.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}
