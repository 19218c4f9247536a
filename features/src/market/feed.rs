//! One asset's prices, by the moment from which each was known.

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{MarketAsset, OraclePrice, Row};
use plimsoll_lake::{Filter, Store};
use polars::prelude::{Column, DataFrame, IntoLazy, PolarsResult, SortMultipleOptions, col, lit};

use super::{MarketId, is_par};
use crate::FeatureError;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// One asset's price history.
#[derive(Debug)]
pub(crate) enum Feed {
    /// Worth one dollar by the protocol's own rule.
    Par,
    /// Quoted by a source.
    Quoted(Quotes),
}

/// Quotes in order of time.
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
}

impl Feed {
    /// Reads an asset's quotes from the lake, none after `until`.
    pub(super) fn read(
        store: &Store,
        market: &MarketId,
        asset: &MarketAsset,
        until: Option<DateTime<Utc>>,
    ) -> Result<Self, FeatureError> {
        if is_par(asset) {
            return Ok(Self::Par);
        }
        let quotes = Quotes::of(&query(store, asset, until)?)?;
        if quotes.times_s.is_empty() {
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

    /// When the last quote was known; `None` for an asset at par.
    pub(crate) fn last_time_s(&self) -> Option<i64> {
        match self {
            Self::Par => None,
            Self::Quoted(quotes) => quotes.times_s.last().copied(),
        }
    }
}

fn query(
    store: &Store,
    asset: &MarketAsset,
    until: Option<DateTime<Utc>>,
) -> Result<DataFrame, FeatureError> {
    let mut filter = Filter::default().partition(OraclePrice::SOURCE, &asset.price_source);
    if let Some(until) = until {
        filter = filter.to(until);
    }
    let price = || col(OraclePrice::PRICE_USD);
    let quotes = store
        .scan(&OraclePrice::TABLE, filter)?
        .filter(col(OraclePrice::ASSET).eq(lit(asset.price_asset.clone())))
        .select([
            col(OraclePrice::TIME).to_physical(),
            price(),
            col(OraclePrice::HIGH_USD).fill_null(price()),
            col(OraclePrice::LOW_USD).fill_null(price()),
        ])
        .sort([OraclePrice::TIME], SortMultipleOptions::default())
        .collect()?;
    let until_us = until.map_or(i64::MAX, |until| until.timestamp_micros());
    Ok(quotes.lazy().filter(col(OraclePrice::TIME).lt_eq(lit(until_us))).collect()?)
}

impl Quotes {
    fn of(frame: &DataFrame) -> PolarsResult<Self> {
        let floats = |name: &str| -> PolarsResult<Vec<f64>> {
            Ok(frame.column(name)?.f64()?.into_no_null_iter().collect())
        };
        let times: &Column = frame.column(OraclePrice::TIME)?;
        Ok(Self {
            times_s: times
                .i64()?
                .into_no_null_iter()
                .map(|us| us.div_euclid(MICROS_PER_SECOND))
                .collect(),
            prices_usd: floats(OraclePrice::PRICE_USD)?,
            highs_usd: floats(OraclePrice::HIGH_USD)?,
            lows_usd: floats(OraclePrice::LOW_USD)?,
        })
    }
}
