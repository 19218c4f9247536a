//! Parses a mapping's file and validates it against the tables that it fills.

mod file;
mod jumps;
mod problem;

use std::path::Path;
use std::sync::Arc;

use plimsoll_lake::Partition;
use plimsoll_lake::tables::{MarketAsset, QuarantinedRow, Row};
use toml::Spanned;

use crate::csv::address::{is_address, lower_case_address};
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
        let name = lower_case_address(asset.asset.get_ref());
        let address = asset.address.as_ref().map(check_address).transpose()?;
        let address = address.or_else(|| is_address(&name).then(|| name.clone()));
        if rows.iter().any(|row| row.asset == name) {
            return Err(MappingProblem::new(&asset.asset, "asset", "the asset is declared twice"));
        }
        let delay_s = u32::try_from(asset.oracle_delay.get_ref().seconds);
        let delay_s = delay_s.ok().filter(|delay_s| i32::try_from(*delay_s).is_ok());
        let delay_s = delay_s.ok_or_else(|| {
            MappingProblem::new(&asset.oracle_delay, "oracle_delay", "below 0, or above 68 years")
        })?;
        if asset.decimals > 38 {
            return Err(MappingProblem::new(&asset.asset, "decimals", "above 38"));
        }
        rows.push(MarketAsset {
            chain: chain.clone(),
            protocol: protocol.clone(),
            market: market.clone(),
            asset: name,
            address,
            decimals: asset.decimals,
            price_source: asset.price_source,
            price_asset: lower_case_address(&asset.price_asset),
            oracle_delay_s: delay_s,
            symbol: None,
            problem: None,
        });
    }
    Ok(Market { chain, protocol, market, assets: rows })
}

fn check_address(address: &Spanned<String>) -> Result<String, MappingProblem> {
    let text = lower_case_address(address.get_ref());
    let problem = || format!("{text:?} is not 0x and 40 hexadecimal digits");
    if is_address(&text) {
        Ok(text)
    } else {
        Err(MappingProblem::new(address, "address", problem()))
    }
}
