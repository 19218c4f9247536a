//! Prices of other sources, with which a protocol's price source is compared.
//!
//! A reference of an asset is an off-chain source (rows without a block, such as an exchange's
//! candles) with prices of the same asset. A price departs from the market if it lies more than 10 %
//! outside the range of its reference over the three hours up to the end of its hour. A range of three
//! hours contains more than one tick, so that one stale or wrong tick of the reference flags nothing;
//! without a tick in that time nothing is flagged.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{MarketAsset, OraclePrice, Row};
use plimsoll_lake::{Filter, Store, asset_labels};
use polars::prelude::{col, lit};

use super::known_until::up_to;
use super::price_feed::{Quotes, price_sources, quotes_by_asset};
use crate::error::FeatureError;
use crate::time::HOUR_S;

/// A price outside the range of its reference by more than this factor departs from the market.
const MAX_FACTOR: f64 = 1.1;
/// The hours of a source's own range.
const DAY_HOURS: i64 = 24;
/// The hours of a reference's range.
const RANGE_HOURS: i64 = 3;

/// Off-chain sources by the asset that they price.
#[derive(Debug, Default)]
pub(crate) struct ReferencePrices {
    by_asset: BTreeMap<String, Vec<Reference>>,
    /// The sources, and their assets, that a market takes its prices from, with the asset's label: a
    /// chain's assets are addresses, and a source off the chain has symbols.
    used: BTreeMap<(String, String), String>,
}

/// Prices of one source, which are those of the market.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reference {
    /// The source.
    pub(crate) source: String,
    quotes: Quotes,
    /// Whether no market uses it. Of two sources that markets use, the one departs that leaves its own
    /// range of the day before too.
    pub(crate) is_certain: bool,
}

/// The departure of a price source from the market.
#[derive(Debug, Clone, PartialEq)]
pub struct OracleDeparture {
    /// The source whose price is the market's.
    pub reference: String,
    /// The price that the protocol uses, USD.
    pub oracle_usd: f64,
    /// The market's latest price, USD.
    pub market_usd: f64,
}

impl OracleDeparture {
    /// The oracle's price over the market's, minus 1.
    #[must_use]
    pub fn departure(&self) -> f64 {
        self.oracle_usd / self.market_usd - 1.0
    }
}

impl ReferencePrices {
    /// Reads the off-chain sources of a lake, up to `until`; nothing if it has one source only.
    pub(crate) fn read(store: &Store, until: Option<DateTime<Utc>>) -> Result<Self, FeatureError> {
        let sources = price_sources(store)?;
        let mut references = Self::default();
        if sources.len() < 2 {
            return Ok(references);
        }
        let mut assets = store.rows::<MarketAsset>()?;
        let market = |asset: &MarketAsset| {
            [asset.chain.clone(), asset.protocol.clone(), asset.market.clone()]
        };
        assets.sort_by_key(market);
        for of_market in assets.chunk_by(|a, b| market(a) == market(b)) {
            for (asset, label) in of_market.iter().zip(asset_labels(of_market)) {
                let priced = (asset.price_source.clone(), asset.price_asset.clone());
                references.used.insert(priced, label);
            }
        }
        for source in sources {
            references.read_source(store, &source, until)?;
        }
        Ok(references)
    }

    fn read_source(
        &mut self,
        store: &Store,
        source: &str,
        until: Option<DateTime<Utc>>,
    ) -> Result<(), FeatureError> {
        let until_us = until.map_or(i64::MAX, |until| until.timestamp_micros());
        let filter = up_to(Filter::default().partition(OraclePrice::SOURCE, source), until);
        let rows = store
            .scan(&OraclePrice::TABLE, filter)?
            .filter(col(OraclePrice::BLOCK).is_null())
            .filter(col(OraclePrice::TIME).to_physical().lt_eq(lit(until_us)));
        for (asset, quotes) in quotes_by_asset(rows)? {
            let is_used = |((used, _), label): (&(String, String), &String)| {
                used == source && underlying(label) == underlying(&asset)
            };
            let is_certain = !self.used.iter().any(is_used);
            let reference = Reference { source: source.to_owned(), quotes, is_certain };
            self.by_asset.entry(underlying(&asset)).or_default().push(reference);
        }
        Ok(())
    }

    /// The reference of an asset's prices of a source; one that no market uses comes first.
    pub(crate) fn get(&self, source: &str, asset: &str) -> Option<&Reference> {
        let label = self.used.get(&(source.to_owned(), asset.to_owned()));
        let of_asset = self.by_asset.get(&underlying(label.map_or(asset, String::as_str)))?;
        let mut others = of_asset.iter().filter(|reference| reference.source != source);
        others.clone().find(|reference| reference.is_certain).or_else(|| others.next())
    }

    /// Whether a market takes its prices of an asset from a source.
    pub(crate) fn is_used(&self, source: &str, asset: &str) -> bool {
        self.used.contains_key(&(source.to_owned(), asset.to_owned()))
    }
}

/// The asset that a wrapped one stands for.
fn underlying(asset: &str) -> String {
    let upper = asset.to_ascii_uppercase();
    match upper.as_str() {
        "WETH" => "ETH".to_owned(),
        "WBTC" => "BTC".to_owned(),
        _ => upper,
    }
}

impl Reference {
    /// The lowest and the highest price of the three hours up to `until_s`; `None` without a tick.
    fn range(&self, until_s: i64) -> Option<(f64, f64)> {
        let Quotes { times_s, lows_usd, highs_usd, prices_usd, .. } = &self.quotes;
        let from = times_s.partition_point(|&t| t <= until_s - RANGE_HOURS * HOUR_S);
        let to = times_s.partition_point(|&t| t <= until_s);
        let ticks = from..to;
        let low = ticks.clone().map(|i| lows_usd[i].min(prices_usd[i])).reduce(f64::min)?;
        let high = ticks.map(|i| highs_usd[i].max(prices_usd[i])).reduce(f64::max)?;
        Some((low, high))
    }

    /// The departure of a price at `time_s`; `None` if it does not depart.
    pub(crate) fn departure(&self, price_usd: f64, time_s: i64) -> Option<OracleDeparture> {
        let market_usd = self.quotes.price_at(time_s)?;
        let departs = is_outside(price_usd, self.range(time_s)?);
        departs.then(|| OracleDeparture {
            reference: self.source.clone(),
            oracle_usd: price_usd,
            market_usd,
        })
    }

    /// The quotes with the market's price where one departs from it, and ranges without departures.
    pub(crate) fn clean(&self, quotes: &Quotes) -> Quotes {
        let mut clean = quotes.clone();
        let mut last_range: Option<(i64, Option<(f64, f64)>)> = None;
        for (i, &time_s) in quotes.times_s.iter().enumerate() {
            let hour = time_s.div_euclid(HOUR_S) + i64::from(time_s.rem_euclid(HOUR_S) > 0);
            if last_range.is_none_or(|(known, _)| known != hour) {
                last_range = Some((hour, self.range(hour * HOUR_S)));
            }
            let Some((_, Some(range))) = last_range else { continue };
            let departs =
                |price: f64| is_outside(price, range) && self.leaves_own_range(&clean, i, price);
            let [now, high, low] =
                [quotes.prices_usd[i], quotes.highs_usd[i], quotes.lows_usd[i]].map(departs);
            if now {
                let known = |time_s| self.quotes.price_at(time_s);
                let market = known(time_s).or_else(|| known(hour * HOUR_S));
                clean.prices_usd[i] = market.unwrap_or(quotes.prices_usd[i]);
            }
            let step = [i.saturating_sub(1), i].map(|at| clean.prices_usd[at]);
            if high {
                clean.highs_usd[i] = step[0].max(step[1]);
            }
            if low {
                clean.lows_usd[i] = step[0].min(step[1]);
            }
        }
        clean
    }

    /// Whether, of two sources that markets use, it is that of these quotes which departs with a price
    /// at index `i`; with a source that is certain it always is.
    fn leaves_own_range(&self, own: &Quotes, i: usize, price: f64) -> bool {
        if self.is_certain {
            return true;
        }
        let since_s = own.times_s[i] - DAY_HOURS * HOUR_S;
        let before = own.times_s[..i].iter().zip(&own.prices_usd).rev();
        let day = before.take_while(|(time_s, _)| **time_s > since_s).map(|(_, price)| *price);
        let range = day.fold(None, |range, price| match range {
            None => Some((price, price)),
            Some((low, high)) => Some((f64::min(low, price), f64::max(high, price))),
        });
        range.is_some_and(|range| is_outside(price, range))
    }
}

/// Whether a price is outside a range by more than [`MAX_FACTOR`].
fn is_outside(price: f64, (low, high): (f64, f64)) -> bool {
    price > high * MAX_FACTOR || price < low / MAX_FACTOR
}
