//! What of a lake's markets cannot be read or valued.

use std::fmt;
use std::path::Path;

use plimsoll_features::{FeatureError, LeftOutMarket, Market, MarketId, list_markets};
use plimsoll_lake::tables::{Observation, Row};
use plimsoll_lake::{Store, UnreadableFile};
use serde::Serialize;
use serde_json::Value;

use crate::features::left_out_json;

/// The markets that other commands leave out, and the assets without a price of the others.
#[derive(Debug, Serialize)]
pub(super) struct MarketProblems {
    left_out: Vec<Value>,
    unpriced_assets: Vec<UnpricedAsset>,
}

/// An asset whose accounts other commands leave out.
#[derive(Debug, Serialize)]
struct UnpricedAsset {
    market: String,
    /// Its label and the reason.
    asset: String,
}

impl MarketProblems {
    /// Reads every market without its accounts; some files of the lake are unreadable.
    pub(super) fn read(store: &Store, unreadable: &[UnreadableFile]) -> anyhow::Result<Self> {
        let mut problems = Self { left_out: Vec::new(), unpriced_assets: Vec::new() };
        let markets = match list_markets(store) {
            Err(FeatureError::NoMarket) => return Ok(problems),
            markets => markets?,
        };
        for id in markets {
            let name = id.name();
            let damaged = unreadable.iter().find(|file| is_source_of(&file.path, &id));
            match read_valued(store, &id) {
                Ok(_) if damaged.is_some() => {
                    let reason = damaged.map(|file| file.reason.clone()).unwrap_or_default();
                    problems.left_out.push(left_out_json(&LeftOutMarket { market: id, reason }));
                }
                Ok(market) => {
                    let asset = |(_, asset)| UnpricedAsset { market: name.clone(), asset };
                    problems.unpriced_assets.extend(market.unpriced_assets().map(asset));
                }
                Err(error) => {
                    problems.left_out.push(left_out_json(&LeftOutMarket::new(id, &error)));
                }
            }
        }
        Ok(problems)
    }
}

/// Whether a file is of a market and not derived from others.
fn is_source_of(file: &Path, market: &MarketId) -> bool {
    let [chain, protocol, name] = market.parts();
    let folder = Path::new(&format!("chain={chain}")).join(format!("protocol={protocol}"));
    let folder = folder.join(format!("market={name}"));
    let is_derived = file.iter().any(|part| part == Observation::TABLE.name);
    !is_derived && file.parent().is_some_and(|parent| parent.ends_with(&folder))
}

/// A market in which some position can be valued.
fn read_valued(store: &Store, id: &MarketId) -> Result<Market, FeatureError> {
    let market = Market::read(store, id, None)?;
    if market.has_any_price() { Ok(market) } else { Err(market.no_price()) }
}

impl fmt::Display for MarketProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for market in &self.left_out {
            let text = |key: &str| market[key].as_str().unwrap_or_default().to_owned();
            writeln!(f, "left out: {}: {}", text("market"), text("reason"))?;
        }
        for UnpricedAsset { market, asset } in &self.unpriced_assets {
            writeln!(f, "accounts left out: {market}: those with {asset}")?;
        }
        Ok(())
    }
}
