//! A column of a mapping, with its options.

use std::fmt;

use chrono::TimeDelta;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::duration::DurationSpec;

/// A column's name, and how its cells are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnOptions {
    /// Name in the header.
    pub(crate) name: String,
    /// Whether numbers are negated.
    pub(crate) negate: bool,
    /// Duration added to times.
    pub(crate) shift: TimeDelta,
    /// Unit of numbers.
    pub(crate) unit: Unit,
    /// Decimals of a raw number that is no amount of an asset.
    pub(crate) decimals: Option<u32>,
    /// The part of the cell to read; `None` for all of it.
    pub(crate) part: Option<CellPart>,
}

/// The unit of a column's numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unit {
    /// Tokens, dollars or fractions: the table's own unit.
    #[default]
    #[serde(alias = "tokens", alias = "usd", alias = "fraction")]
    Plain,
    /// Integers in the smallest unit.
    Raw,
    /// Hundredths.
    Percent,
    /// Ten-thousandths.
    Bps,
    /// One over the value.
    Reciprocal,
}

/// One part of a cell that consists of several, such as the ids of subgraphs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CellPart {
    /// The text between parts.
    pub(crate) separator: String,
    /// The part's number, from 1.
    pub(crate) number: usize,
}

impl CellPart {
    /// The part of a cell; `None` if the cell has fewer parts.
    pub(crate) fn select<'a>(&self, cell: &'a str) -> Option<&'a str> {
        cell.split(&self.separator).nth(self.number - 1)
    }
}

impl ColumnOptions {
    fn plain(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            negate: false,
            shift: TimeDelta::zero(),
            unit: Unit::Plain,
            decimals: None,
            part: None,
        }
    }
}

impl<'de> Deserialize<'de> for ColumnOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not an untagged enum: its errors do not name the key at fault.
        deserializer.deserialize_any(ColumnVisitor)
    }
}

struct ColumnVisitor;

impl<'de> Visitor<'de> for ColumnVisitor {
    type Value = ColumnOptions;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a column's name, or a table `{ column, negate, shift, unit, decimals, part, separator }`",
        )
    }

    fn visit_str<E>(self, column: &str) -> Result<ColumnOptions, E> {
        Ok(ColumnOptions::plain(column))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ColumnOptions, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            column: String,
            #[serde(default)]
            negate: bool,
            #[serde(default)]
            shift: DurationSpec,
            #[serde(default)]
            unit: Unit,
            decimals: Option<u32>,
            part: Option<usize>,
            separator: Option<String>,
        }
        let table = Table::deserialize(MapAccessDeserializer::new(map))?;
        let wrong = |problem: &str| Err(serde::de::Error::custom(problem));
        let part = match (table.part, table.separator) {
            (None, None) => None,
            (Some(0), _) => return wrong("`part` counts from 1"),
            (Some(_), None) => return wrong("`part` needs a `separator`, such as \":\""),
            (None, Some(_)) => return wrong("`separator` needs the number of a `part`, from 1"),
            (Some(_), Some(separator)) if separator.is_empty() => {
                return wrong("`separator` is empty");
            }
            (Some(number), Some(separator)) => Some(CellPart { separator, number }),
        };
        if table.decimals.is_some_and(|decimals| decimals > 38) {
            return wrong("`decimals` is above 38");
        }
        Ok(ColumnOptions {
            name: table.column,
            negate: table.negate,
            shift: table.shift.time_delta(),
            unit: table.unit,
            decimals: table.decimals,
            part,
        })
    }
}
