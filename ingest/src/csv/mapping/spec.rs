//! A mapping's file as parsed by serde, before validation.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::column::ColumnOptions;
use super::delimiter::Delimiter;
use super::duration::DurationSpec;
use super::pattern::FileNamePattern;
use crate::csv::decode::decimal_mark::DecimalMark;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MappingSpec {
    pub(crate) name: Spanned<String>,
    pub(crate) market: Option<Spanned<MarketSpec>>,
    #[serde(default)]
    pub(crate) files: Vec<Spanned<FileSpec>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarketSpec {
    pub(crate) chain: String,
    pub(crate) protocol: String,
    pub(crate) market: String,
    pub(crate) assets: Vec<AssetSpec>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssetSpec {
    pub(crate) asset: Spanned<String>,
    pub(crate) address: Option<Spanned<String>>,
    pub(crate) decimals: u32,
    pub(crate) price_source: String,
    pub(crate) price_asset: String,
    pub(crate) oracle_delay: Spanned<DurationSpec>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileSpec {
    #[serde(rename = "match")]
    pub(crate) pattern: Spanned<FileNamePattern>,
    pub(crate) table: Spanned<String>,
    pub(crate) delimiter: Option<Delimiter>,
    pub(crate) decimal: Option<DecimalMark>,
    #[serde(default)]
    pub(crate) ignore: Vec<String>,
    #[serde(default)]
    pub(crate) constants: BTreeMap<String, Spanned<String>>,
    pub(crate) columns: BTreeMap<String, Spanned<ColumnOptions>>,
    pub(crate) log_index: Option<Spanned<OrdinalSpec>>,
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, ParameterSpec>,
    pub(crate) jumps: Option<Spanned<JumpSpec>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrdinalSpec {
    pub(crate) ordinal_from: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParameterSpec {
    pub(crate) parameter: String,
    pub(crate) asset: Option<String>,
    #[serde(default)]
    pub(crate) transform: Transform,
}

/// The transformation of a parameter's value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Transform {
    /// The value is unchanged.
    #[default]
    Identity,
    /// One over the value, as from a collateral ratio to a liquidation threshold.
    Reciprocal,
    /// Hundredths.
    Percent,
    /// Ten-thousandths.
    Bps,
    /// The value less one, as from what a liquidator receives to its bonus; 0 stays 0.
    #[serde(rename = "minus_one")]
    MinusOne,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JumpSpec {
    pub(crate) max_jump: f64,
    pub(crate) tolerance: f64,
    pub(crate) widen_after: DurationSpec,
    #[serde(default, rename = "override")]
    pub(crate) overrides: Vec<JumpOverrideSpec>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JumpOverrideSpec {
    pub(crate) assets: Vec<String>,
    pub(crate) max_jump: f64,
    pub(crate) tolerance: f64,
}
