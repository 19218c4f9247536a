//! One asset's prices, by the moment from which each was known.

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{MarketAsset, OraclePrice, PAR_PRICE_SOURCE, Row};
use plimsoll_lake::{Filter, Store};
use polars::prelude::{DataFrame, IntoLazy, PolarsResult, SortMultipleOptions, col, lit};

use super::id::MarketId;
use super::known_until::up_to;
use crate::error::FeatureError;
use crate::time::MICROS_PER_SECOND;

/// One asset's price history.
#[derive(Debug)]
pub(crate) enum PriceFeed {
    /// Worth one dollar by the protocol's own rule.
    Par,
    /// Quoted by a source.
    Quoted(Quotes),
}

/// Quotes in order of time; none yet if the asset was listed late.
#[derive(Debug, Default)]
pub(crate) struct Quotes {
    /// When each was known, seconds.
    pub(crate) times_s: Vec<i64>,
    /// Prices, USD.
    pub(crate) prices_usd: Vec<f64>,
    /// Highest since the quote before, USD.
    pub(crate) highs_usd: Vec<f64>,
    /// Lowest since the quote before, USD.
    pub(crate) lows_usd: Vec<f64>,
    /// The last second at which the price is known.
    pub(crate) known_until_s: Option<i64>,
}

/// How a source tells of prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PriceSampling {
    /// Again and again: a price is known until the last quote, and to every asset there is one.
    Periodic,
    /// When it changes, as a chain does: a price is known as far as the source was read, and an
    /// asset listed late has none before.
    OnChange,
}

impl PriceFeed {
    /// Reads an asset's quotes from the lake, none after `until`.
    pub(super) fn read(
        store: &Store,
        market: &MarketId,
        asset: &MarketAsset,
        telling: PriceSampling,
        until: Option<DateTime<Utc>>,
    ) -> Result<Self, FeatureError> {
        if is_par(asset) {
            return Ok(Self::Par);
        }
        let mut quotes = Quotes::from_frame(&query_quotes(store, asset, until)?)?;
        quotes.known_until_s = match telling {
            PriceSampling::Periodic => quotes.times_s.last().copied(),
            PriceSampling::OnChange => read_until(store, asset, until)?,
        };
        if quotes.known_until_s.is_none() {
            let (market, price_source) = (market.prefix(), asset.price_source.clone());
            return Err(FeatureError::NoPrice { market, asset: asset.asset.clone(), price_source });
        }
        Ok(Self::Quoted(quotes))
    }

    /// The latest price known at `time_s`, USD; NaN before the first.
    pub(crate) fn price_at(&self, time_s: i64) -> f64 {
        let Self::Quoted(quotes) = self else { return 1.0 };
        let known = quotes.times_s.partition_point(|&t| t <= time_s);
        if known == 0 { f64::NAN } else { quotes.prices_usd[known - 1] }
    }

    /// The last second at which the price is known; `None` for an asset at par.
    pub(crate) fn known_until_s(&self) -> Option<i64> {
        match self {
            Self::Par => None,
            Self::Quoted(quotes) => quotes.known_until_s,
        }
    }
}

/// The last second that the asset's source was read to.
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
    fn from_frame(frame: &DataFrame) -> PolarsResult<Self> {
        let seconds = |micros: i64| micros.div_euclid(MICROS_PER_SECOND);
        let times = frame.column(OraclePrice::TIME)?.i64()?.into_no_null_iter().map(seconds);
        let prices = frame.column(OraclePrice::PRICE_USD)?.f64()?;
        let prices_usd: Vec<f64> = prices.into_no_null_iter().collect();
        // Without a range, a price stood still until the next one took its place.
        let range = |name: &str, of: fn(f64, f64) -> f64| -> PolarsResult<Vec<f64>> {
            let steps = (0..).map(|i: usize| of(prices_usd[i.saturating_sub(1)], prices_usd[i]));
            let told = frame.column(name)?.f64()?.iter();
            Ok(told.zip(steps).map(|(told, step)| told.unwrap_or(step)).collect())
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

/// Whether an asset is held at one dollar by its protocol.
fn is_par(asset: &MarketAsset) -> bool {
    asset.price_source == PAR_PRICE_SOURCE
}
