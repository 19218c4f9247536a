//! The price history of every asset in a lake, whichever market it belongs to.

use std::collections::BTreeSet;

use plimsoll_lake::tables::{OraclePrice, Row};
use plimsoll_lake::{FileEntry, Filter, Store};
use polars::prelude::{IntoLazy, UniqueKeepStrategy, col, lit};

use super::hourly_prices::HourlyPrices;
use super::id::{MarketId, list_markets};
use super::price_feed::Quotes;
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
    for source in sources(store)?.into_iter().filter(|source| !unobserved.contains(source)) {
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
    let prices = store
        .scan(&OraclePrice::TABLE, filter)?
        .select([
            col(OraclePrice::ASSET),
            col(OraclePrice::TIME).to_physical(),
            col(OraclePrice::PRICE_USD),
            col(OraclePrice::HIGH_USD),
            col(OraclePrice::LOW_USD),
        ])
        .sort([OraclePrice::ASSET, OraclePrice::TIME], Default::default())
        .collect()?;
    let assets = prices
        .clone()
        .lazy()
        .select([col(OraclePrice::ASSET)])
        .unique(None, UniqueKeepStrategy::Any)
        .sort([OraclePrice::ASSET], Default::default())
        .collect()?;
    for asset in assets.column(OraclePrice::ASSET)?.str()?.iter().flatten() {
        let of_asset = col(OraclePrice::ASSET).eq(lit(asset));
        let quotes = Quotes::from_frame(&prices.clone().lazy().filter(of_asset).collect()?)?;
        let reference = references.get(source, asset);
        let reference = reference.filter(|_| references.is_used(source, asset));
        let quotes = reference.map_or(quotes.clone(), |reference| reference.clean(&quotes));
        histories.extend(hourly_prices(&quotes));
    }
    Ok(histories)
}

/// The names of all price sources, in order.
fn sources(store: &Store) -> Result<BTreeSet<String>, FeatureError> {
    let files = store.files(const { &OraclePrice::TABLE })?;
    let source = |file: &FileEntry| file.partition.value(OraclePrice::SOURCE).map(str::to_owned);
    Ok(files.iter().filter_map(source).collect())
}

/// The whole hours from the first quote to the last.
fn hourly_prices(quotes: &Quotes) -> Option<HourlyPrices> {
    let first_hour = quotes.times_s.first()?.div_euclid(HOUR_S) + 1;
    let last_hour = quotes.times_s.last()?.div_euclid(HOUR_S);
    let hours = usize::try_from(last_hour - first_hour + 1).ok().filter(|hours| *hours > 1)?;
    Some(HourlyPrices::from_quotes(quotes, (first_hour, hours)))
}
