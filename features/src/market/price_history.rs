//! The price history of every asset in a lake, whichever market it belongs to.

use std::collections::BTreeSet;

use plimsoll_lake::tables::{OraclePrice, Row};
use plimsoll_lake::{Filter, Store};

use super::hourly_prices::HourlyPrices;
use super::id::{MarketId, list_markets};
use super::price_feed::{Quotes, price_sources, quotes_by_asset};
use super::reference_prices::ReferencePrices;
use crate::error::FeatureError;
use crate::time::HOUR_S;

/// Reads the hourly prices of every asset of every source in a lake, in order of source and asset;
/// assets with prices in fewer than two hours are left out, and sources that cannot be read are logged.
/// Where the source of a market departs from another source, that source's price is taken.
///
/// A market's own prices are left out unless the market is one of `observed`: anybody may create a
/// market with an oracle that answers anything.
///
/// # Errors
/// The errors of listing the lake's files.
pub(crate) fn read_price_histories(
    store: &Store,
    observed: &[MarketId],
) -> Result<Vec<HourlyPrices>, FeatureError> {
    let markets = list_markets(store).unwrap_or_default();
    let unobserved = markets.iter().filter(|market| !observed.contains(market));
    let unobserved: BTreeSet<String> = unobserved.map(|market| market.parts().join(".")).collect();
    let mut histories = Vec::new();
    let references = ReferencePrices::read(store, None)?;
    for source in price_sources(store)?.into_iter().filter(|source| !unobserved.contains(source)) {
        match read_source(store, &source, &references) {
            Ok(found) => histories.extend(found),
            Err(error) => tracing::warn!("prices of source {source} are left out: {error}"),
        }
    }
    Ok(histories)
}

/// The hourly prices of every asset of one source.
fn read_source(
    store: &Store,
    source: &str,
    references: &ReferencePrices,
) -> Result<Vec<HourlyPrices>, FeatureError> {
    let mut histories = Vec::new();
    let filter = Filter::default().partition(OraclePrice::SOURCE, source);
    let rows = store.scan(&OraclePrice::TABLE, filter)?;
    for (asset, quotes) in quotes_by_asset(rows)? {
        let reference = references.get(source, &asset);
        let reference = reference.filter(|_| references.is_used(source, &asset));
        let quotes = reference.map_or_else(|| quotes.clone(), |reference| reference.clean(&quotes));
        histories.extend(hourly_prices(&quotes));
    }
    Ok(histories)
}

/// The whole hours from the first quote to the last.
fn hourly_prices(quotes: &Quotes) -> Option<HourlyPrices> {
    let first_hour = quotes.times_s.first()?.div_euclid(HOUR_S) + 1;
    let last_hour = quotes.times_s.last()?.div_euclid(HOUR_S);
    let hours = usize::try_from(last_hour - first_hour + 1).ok().filter(|hours| *hours > 1)?;
    Some(HourlyPrices::from_quotes(quotes, (first_hour, hours)))
}
