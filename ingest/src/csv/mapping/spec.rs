//! A mapping's file as parsed by serde, before validation.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use toml::Spanned;

use super::duration::DurationSpec;
use super::pattern::FileNamePattern;

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
    #[serde(default)]
    pub(crate) ignore: Vec<String>,
    #[serde(default)]
    pub(crate) constants: BTreeMap<String, Spanned<String>>,
    pub(crate) columns: BTreeMap<String, Spanned<ColumnSpec>>,
    pub(crate) log_index: Option<Spanned<OrdinalSpec>>,
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, ParameterSpec>,
    pub(crate) jumps: Option<Spanned<JumpSpec>>,
}

/// A column's name, or a table of the column's options.
pub(crate) struct ColumnSpec {
    pub(crate) column: String,
    pub(crate) negate: bool,
    pub(crate) shift: DurationSpec,
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

impl<'de> Deserialize<'de> for ColumnSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not an untagged enum: its errors do not name the key at fault.
        deserializer.deserialize_any(ColumnVisitor)
    }
}

struct ColumnVisitor;

impl<'de> Visitor<'de> for ColumnVisitor {
    type Value = ColumnSpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a column's name, or a table `{ column, negate, shift }`")
    }

    fn visit_str<E>(self, column: &str) -> Result<ColumnSpec, E> {
        Ok(ColumnSpec { column: column.to_owned(), negate: false, shift: DurationSpec::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ColumnSpec, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            column: String,
            #[serde(default)]
            negate: bool,
            #[serde(default)]
            shift: DurationSpec,
        }
        let Table { column, negate, shift } = Table::deserialize(MapAccessDeserializer::new(map))?;
        Ok(ColumnSpec { column, negate, shift })
    }
}
