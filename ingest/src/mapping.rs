//! A mapping, read and checked: which files hold which table, and how its fields lie in them.

mod pattern;
mod spec;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use plimsoll_lake::Partition;
use plimsoll_lake::tables::MarketAsset;

use crate::jump::JumpRules;

pub(crate) use pattern::{Captures, FileNamePattern};
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
    /// The mapping's name, under which the rows that it refuses are quarantined.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The market whose accounts and assets a mapping's files tell of.
#[derive(Debug)]
pub(crate) struct Market {
    pub(crate) chain: String,
    pub(crate) protocol: String,
    pub(crate) market: String,
    pub(crate) assets: Vec<MarketAsset>,
}

impl Market {
    /// The partition columns of which a market is the value.
    pub(crate) const PARTITION_COLUMNS: [&'static str; 3] = ["chain", "protocol", "market"];

    /// An account's id in the lake.
    pub(crate) fn account_id(&self, within: &str) -> String {
        format!("{}/{}/{within}", self.protocol, self.market)
    }

    /// Decimals of an asset of this market.
    pub(crate) fn decimals(&self, asset: &str) -> Option<u32> {
        Some(self.assets.iter().find(|held| held.asset == asset)?.decimals)
    }

    /// The market's value of a partition column, if it is one of the market's.
    pub(crate) fn partition_value(&self, name: &str) -> Option<&str> {
        match name {
            "chain" => Some(&self.chain),
            "protocol" => Some(&self.protocol),
            "market" => Some(&self.market),
            _ => None,
        }
    }

    /// The assets' symbols, for people.
    pub(crate) fn symbols(&self) -> String {
        self.assets.iter().map(|held| held.asset.as_str()).collect::<Vec<_>>().join(", ")
    }
}

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

/// Where a field's values come from.
#[derive(Debug, Clone)]
pub(crate) enum FieldSource {
    /// The same value in every row.
    Constant(String),
    /// What the file's name captured.
    Capture,
    /// A column of the file.
    Column {
        /// The column's name in the header.
        name: String,
        /// Whether numbers change sign.
        negate: bool,
        /// What is added to times.
        shift: TimeDelta,
    },
    /// The row's number among those of its block, counted from this.
    Ordinal(u32),
}

impl FieldSource {
    /// The column's name, if the source is one.
    pub(crate) fn column_name(&self) -> Option<&str> {
        match self {
            Self::Column { name, .. } => Some(name),
            _ => None,
        }
    }
}
