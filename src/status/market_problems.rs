//! What of a lake's markets cannot be read or valued.

use std::fmt;

use plimsoll_features::{FeatureError, LeftOutMarket, Market, MarketId, list_markets};
use plimsoll_lake::tables::{Observation, Row};
use plimsoll_lake::{DamagedFile, Gap, LakeStatus, Store};
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
    /// Reads every market without its accounts, given which files of the lake are damaged or removed.
    pub(super) fn read(store: &Store, status: &LakeStatus) -> anyhow::Result<Self> {
        let mut problems = Self { left_out: Vec::new(), unpriced_assets: Vec::new() };
        let markets = match list_markets(store) {
            Err(FeatureError::NoMarket) => return Ok(problems),
            markets => markets?,
        };
        for id in markets {
            let name = id.name();
            if let Some(reason) = bad_file(status, &id) {
                problems.left_out.push(left_out_json(&LeftOutMarket { market: id, reason }));
                continue;
            }
            match read_valued(store, &id) {
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

/// A damaged or removed file of a market that is not derived from others.
fn bad_file(status: &LakeStatus, market: &MarketId) -> Option<String> {
    let [chain, protocol, name] = market.parts();
    let partition = format!("chain={chain}/protocol={protocol}/market={name}");
    let sources = status.tables.iter().filter(|(table, _)| **table != Observation::TABLE.name);
    for (table, status) in sources {
        let is_own = |file: &&DamagedFile| {
            file.path.parent().is_some_and(|folder| folder.ends_with(&partition))
        };
        if let Some(file) = status.damaged.iter().find(is_own) {
            return Some(file.problem.clone());
        }
        if let Some(gap) = status.missing.iter().find(|gap| gap.partition == partition) {
            let Gap { from, to, .. } = gap;
            return Some(format!("{table}: the file with {from} to {to} was removed"));
        }
    }
    None
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
