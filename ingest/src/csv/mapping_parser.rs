//! Parses a mapping's file and validates it against the tables that it fills.

mod file;
mod jumps;
mod problem;

use std::path::Path;
use std::sync::Arc;

use plimsoll_lake::Partition;
use plimsoll_lake::tables::{MarketAsset, QuarantinedRow, Row};
use toml::Spanned;

use crate::csv::error::IngestError;
use crate::csv::mapping::{Mapping, MappingSpec, Market, MarketSpec};
use file::check_file;
use problem::{MappingProblem, line_number};

impl Mapping {
    /// Reads a mapping from a TOML file.
    ///
    /// # Errors
    /// [`IngestError::Io`] if the file cannot be read, [`IngestError::Mapping`] with key and line
    /// if its content is invalid.
    pub fn read(path: &Path) -> Result<Self, IngestError> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|source| IngestError::Io { path: path.to_owned(), source })?;
        Self::parse(path, &text)
    }

    /// Parses a mapping from TOML; `path` is used in error messages only.
    ///
    /// # Errors
    /// [`IngestError::Mapping`] with key and line if the content is invalid.
    pub fn parse(path: &Path, text: &str) -> Result<Self, IngestError> {
        let spec = toml::from_str(text).map_err(|error| MappingProblem::from_toml(&error, text));
        let mapping = spec.and_then(|spec| check_mapping(path, text, spec));
        mapping.map_err(|problem| problem.into_error(path, text))
    }
}

fn check_mapping(path: &Path, text: &str, spec: MappingSpec) -> Result<Mapping, MappingProblem> {
    Partition::new(&QuarantinedRow::TABLE, &[spec.name.get_ref()])
        .map_err(|error| MappingProblem::new(&spec.name, "name", error.to_string()))?;
    let market = spec.market.map(check_market).transpose()?.map(Arc::new);
    let mut files = Vec::new();
    for file in spec.files {
        let line = line_number(text, file.span().start);
        files.push(check_file(file, line, market.as_ref())?);
    }
    if files.is_empty() {
        return Err(MappingProblem::new(&spec.name, "files", "the mapping has no [[files]]"));
    }
    Ok(Mapping { path: path.to_owned(), name: spec.name.into_inner(), market, files })
}

fn check_market(spec: Spanned<MarketSpec>) -> Result<Market, MappingProblem> {
    let at = Spanned::new(spec.span(), ());
    let MarketSpec { chain, protocol, market, assets } = spec.into_inner();
    Partition::new(&MarketAsset::TABLE, &[&chain, &protocol, &market])
        .map_err(|error| MappingProblem::new(&at, "market", error.to_string()))?;
    let mut rows: Vec<MarketAsset> = Vec::new();
    for asset in assets {
        if rows.iter().any(|row| row.asset == *asset.asset.get_ref()) {
            return Err(MappingProblem::new(&asset.asset, "asset", "the asset is declared twice"));
        }
        let delay_s = u32::try_from(asset.oracle_delay.get_ref().seconds);
        let delay_s = delay_s.map_err(|_| {
            MappingProblem::new(&asset.oracle_delay, "oracle_delay", "below 0, or above 136 years")
        })?;
        rows.push(MarketAsset {
            chain: chain.clone(),
            protocol: protocol.clone(),
            market: market.clone(),
            asset: asset.asset.into_inner(),
            address: None,
            decimals: asset.decimals,
            price_source: asset.price_source,
            price_asset: asset.price_asset,
            oracle_delay_s: delay_s,
            symbol: None,
            problem: None,
        });
    }
    Ok(Market { chain, protocol, market, assets: rows })
}
