//! One asset's prices by the time at which each became known.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{MarketAsset, OraclePrice, PAR_PRICE_SOURCE, Row};
use plimsoll_lake::{FileEntry, Filter, Store, asset_labels};
use polars::prelude::{
    DataFrame, IntoLazy, LazyFrame, PolarsResult, SortMultipleOptions, UniqueKeepStrategy, col, lit,
};

use super::id::MarketId;
use super::known_until::up_to;
use crate::error::FeatureError;
use crate::time::MICROS_PER_SECOND;

/// One asset's price history.
#[derive(Debug)]
pub(crate) enum PriceFeed {
    /// One dollar by a rule of the protocol.
    Par,
    /// Quotes of a price source.
    Quoted(Quotes),
}

/// Quotes in order of time; none yet if the asset was listed late.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quotes {
    /// Times at which they became known, seconds.
    pub(crate) times_s: Vec<i64>,
    /// Prices, USD.
    pub(crate) prices_usd: Vec<f64>,
    /// Highest price since the previous quote, USD.
    pub(crate) highs_usd: Vec<f64>,
    /// Lowest price since the previous quote, USD.
    pub(crate) lows_usd: Vec<f64>,
    /// The last second at which the price is known.
    pub(crate) known_until_s: Option<i64>,
}

/// When a source publishes prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PriceSampling {
    /// Periodically: a price is known until the last quote, and every asset has one.
    Periodic,
    /// When the price changes, as on a chain: a price is known up to the end of the read range, and an
    /// asset listed late has none before.
    OnChange,
}

impl PriceFeed {
    /// Reads an asset's quotes from the lake, up to `until`.
    pub(super) fn read(
        store: &Store,
        asset: &MarketAsset,
        sampling: PriceSampling,
        until: Option<DateTime<Utc>>,
    ) -> Result<Self, FeatureError> {
        if asset.problem.is_some() {
            return Ok(Self::Quoted(Quotes::default()));
        }
        if is_par(asset) {
            return Ok(Self::Par);
        }
        let mut quotes = Quotes::from_frame(&query_quotes(store, asset, until)?)?;
        quotes.known_until_s = match sampling {
            PriceSampling::Periodic => quotes.times_s.last().copied(),
            PriceSampling::OnChange => read_until(store, asset, until)?,
        };
        Ok(Self::Quoted(quotes))
    }

    /// The latest price known at `time_s`, USD; NaN before the first.
    pub(crate) fn price_at(&self, time_s: i64) -> f64 {
        let Self::Quoted(quotes) = self else { return 1.0 };
        quotes.price_at(time_s).unwrap_or(f64::NAN)
    }

    /// Number of prices that became known after `from_s`, up to `until_s`.
    pub(crate) fn updates(&self, from_s: i64, until_s: i64) -> usize {
        let Self::Quoted(quotes) = self else { return 0 };
        let known = quotes.times_s.partition_point(|&t| t <= until_s);
        // A second search would take longer: an hour has few prices.
        quotes.times_s[..known].iter().rev().take_while(|&&t| t > from_s).count()
    }

    /// The last second at which the price is known; `None` for an asset at par.
    pub(crate) fn known_until_s(&self) -> Option<i64> {
        match self {
            Self::Par => None,
            Self::Quoted(quotes) => quotes.known_until_s,
        }
    }
}

/// Checks that the prices of some asset are known up to some time, if any asset has a price.
pub(super) fn check_any_known(
    market: &MarketId,
    assets: &[MarketAsset],
    feeds: &[PriceFeed],
) -> Result<(), FeatureError> {
    let is_quoted = |feed: &PriceFeed| matches!(feed, PriceFeed::Quoted(_));
    if feeds.iter().any(|feed| feed.known_until_s().is_some()) {
        return Ok(());
    }
    let Some(first) = feeds.iter().position(is_quoted) else { return Ok(()) };
    Err(no_price(market, assets, first))
}

/// The error of a market without any price, which names its first asset without one.
pub(super) fn no_price(market: &MarketId, assets: &[MarketAsset], asset: usize) -> FeatureError {
    let (market, price_source) = (market.name(), assets[asset].price_source.clone());
    FeatureError::NoPrice { market, asset: asset_labels(assets).swap_remove(asset), price_source }
}

/// The last second of the read range of the asset's source.
fn read_until(
    store: &Store,
    asset: &MarketAsset,
    until: Option<DateTime<Utc>>,
) -> Result<Option<i64>, FeatureError> {
    let files = store.files(const { &OraclePrice::TABLE })?;
    let source = Some(asset.price_source.as_str());
    let files = files.iter().filter(|f| f.partition.value(OraclePrice::SOURCE) == source);
    let until_s = until.map_or(i64::MAX, |until| until.timestamp());
    Ok(files.map(|file| file.range.to.min(until_s)).max())
}

/// The names of all price sources of a lake, in order.
pub(super) fn price_sources(store: &Store) -> Result<BTreeSet<String>, FeatureError> {
    let files = store.files(const { &OraclePrice::TABLE })?;
    let source = |file: &FileEntry| file.partition.value(OraclePrice::SOURCE).map(str::to_owned);
    Ok(files.iter().filter_map(source).collect())
}

/// The quotes of every asset among some rows of `oracle_prices`, in order of asset.
pub(super) fn quotes_by_asset(rows: LazyFrame) -> Result<Vec<(String, Quotes)>, FeatureError> {
    let rows = rows
        .select([
            col(OraclePrice::ASSET),
            col(OraclePrice::TIME).to_physical(),
            col(OraclePrice::PRICE_USD),
            col(OraclePrice::HIGH_USD),
            col(OraclePrice::LOW_USD),
        ])
        .sort([OraclePrice::ASSET, OraclePrice::TIME], SortMultipleOptions::default())
        .collect()?;
    let assets = rows
        .clone()
        .lazy()
        .select([col(OraclePrice::ASSET)])
        .unique(None, UniqueKeepStrategy::Any)
        .sort([OraclePrice::ASSET], SortMultipleOptions::default())
        .collect()?;
    let quotes = |asset: &str| {
        let own = rows.clone().lazy().filter(col(OraclePrice::ASSET).eq(lit(asset)));
        Ok((asset.to_owned(), Quotes::from_frame(&own.collect()?)?))
    };
    assets.column(OraclePrice::ASSET)?.str()?.iter().flatten().map(quotes).collect()
}

fn query_quotes(
    store: &Store,
    asset: &MarketAsset,
    until: Option<DateTime<Utc>>,
) -> Result<DataFrame, FeatureError> {
    let filter =
        up_to(Filter::default().partition(OraclePrice::SOURCE, &asset.price_source), until);
    let quotes = store
        .scan(&OraclePrice::TABLE, filter)?
        .filter(col(OraclePrice::ASSET).eq(lit(asset.price_asset.clone())))
        .select([
            col(OraclePrice::TIME).to_physical(),
            col(OraclePrice::PRICE_USD),
            col(OraclePrice::HIGH_USD),
            col(OraclePrice::LOW_USD),
        ])
        .sort([OraclePrice::TIME], SortMultipleOptions::default())
        .collect()?;
    let until_us = until.map_or(i64::MAX, |until| until.timestamp_micros());
    Ok(quotes.lazy().filter(col(OraclePrice::TIME).lt_eq(lit(until_us))).collect()?)
}

impl Quotes {
    /// The latest price known at `time_s`, USD; `None` before the first.
    pub(crate) fn price_at(&self, time_s: i64) -> Option<f64> {
        let known = self.times_s.partition_point(|&t| t <= time_s);
        Some(self.prices_usd[known.checked_sub(1)?])
    }

    pub(super) fn from_frame(frame: &DataFrame) -> PolarsResult<Self> {
        let seconds = |micros: i64| micros.div_euclid(MICROS_PER_SECOND);
        let times = frame.column(OraclePrice::TIME)?.i64()?.into_no_null_iter().map(seconds);
        let prices = frame.column(OraclePrice::PRICE_USD)?.f64()?;
        let prices_usd: Vec<f64> = prices.into_no_null_iter().collect();
        // Without a range, a price was constant until the next quote.
        let range = |name: &str, extreme: fn(f64, f64) -> f64| -> PolarsResult<Vec<f64>> {
            let steps =
                (0..).map(|i: usize| extreme(prices_usd[i.saturating_sub(1)], prices_usd[i]));
            let recorded = frame.column(name)?.f64()?.iter();
            Ok(recorded.zip(steps).map(|(recorded, step)| recorded.unwrap_or(step)).collect())
        };
        Ok(Self {
            times_s: times.collect(),
            highs_usd: range(OraclePrice::HIGH_USD, f64::max)?,
            lows_usd: range(OraclePrice::LOW_USD, f64::min)?,
            prices_usd,
            known_until_s: None,
        })
    }
}

/// Whether a protocol fixes the price of an asset at one dollar.
fn is_par(asset: &MarketAsset) -> bool {
    asset.price_source == PAR_PRICE_SOURCE
}
