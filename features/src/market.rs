//! A market as it was known at any time: its assets, prices, parameters and rates.

mod feed;
mod parameters;
mod series;

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{MarketAsset, PAR, Row};
use plimsoll_lake::{Filter, Partition, Store};
use plimsoll_lending::{RateIndex, ReserveParameters};

use crate::FeatureError;
use feed::Feed;
use parameters::Parameters;
pub(crate) use series::{
    DRAWDOWN_HOURS, HALF_LIVES_HOURS, Moves, PARKINSON_HOURS, RETURN_HOURS, Series,
};

/// A market's name in three parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MarketId {
    /// Chain, such as `ethereum`.
    pub chain: String,
    /// Protocol, such as `maker`.
    pub protocol: String,
    /// Market within the protocol, such as `eth-b`.
    pub market: String,
}

impl MarketId {
    /// `<protocol>/<market>`, with which the market's account ids begin.
    #[must_use]
    pub fn prefix(&self) -> String {
        format!("{}/{}", self.protocol, self.market)
    }

    /// Narrows a filter to the market's partition.
    #[must_use]
    pub fn filter(&self, filter: Filter) -> Filter {
        let filter = filter.partition(MarketAsset::CHAIN, &self.chain);
        let filter = filter.partition(MarketAsset::PROTOCOL, &self.protocol);
        filter.partition(MarketAsset::MARKET, &self.market)
    }

    fn of(partition: &Partition) -> Self {
        let value = |column| partition.value(column).unwrap_or_default().to_owned();
        let (chain, protocol) = (value(MarketAsset::CHAIN), value(MarketAsset::PROTOCOL));
        Self { chain, protocol, market: value(MarketAsset::MARKET) }
    }
}

/// Every market that the lake knows.
///
/// # Errors
/// [`FeatureError::NoMarket`] if there is none, or the lake's own errors.
pub fn markets(store: &Store) -> Result<Vec<MarketId>, FeatureError> {
    let ids: Vec<_> = store
        .files(&MarketAsset::TABLE)?
        .iter()
        .map(|file| MarketId::of(&file.partition))
        .collect();
    if ids.is_empty() { Err(FeatureError::NoMarket) } else { Ok(ids) }
}

/// What was known about a market, up to the end of a lake.
#[derive(Debug)]
pub struct Market {
    id: MarketId,
    assets: Vec<MarketAsset>,
    feeds: Vec<Feed>,
    parameters: Parameters,
    series: Series,
}

impl Market {
    /// Reads a market from the lake, with nothing known after `until`.
    ///
    /// # Errors
    /// [`FeatureError::NoPrice`] if an asset has no price, or the lake's own errors.
    pub fn read(
        store: &Store,
        id: &MarketId,
        until: Option<DateTime<Utc>>,
    ) -> Result<Self, FeatureError> {
        let assets: Vec<MarketAsset> = store.rows_where(&id.filter(Filter::default()))?;
        let feeds = assets
            .iter()
            .map(|asset| Feed::read(store, id, asset, until))
            .collect::<Result<Vec<_>, _>>()?;
        let parameters = Parameters::read(store, id, &assets, until)?;
        let series = Series::of(&feeds)?;
        Ok(Self { id: id.clone(), assets, feeds, parameters, series })
    }

    /// The market's name.
    #[must_use]
    pub const fn id(&self) -> &MarketId {
        &self.id
    }

    /// The market's assets; an [`AssetId`](plimsoll_lending::AssetId) is a place in this list.
    #[must_use]
    pub fn assets(&self) -> &[MarketAsset] {
        &self.assets
    }

    /// The place of an asset.
    ///
    /// # Errors
    /// [`FeatureError::UnknownAsset`] if the market does not declare it.
    pub fn asset(&self, symbol: &str) -> Result<usize, FeatureError> {
        let place = self.assets.iter().position(|asset| asset.asset == symbol);
        place.ok_or_else(|| FeatureError::UnknownAsset {
            market: self.id.prefix(),
            asset: symbol.to_owned(),
            known: self.assets.iter().map(|a| a.asset.as_str()).collect::<Vec<_>>().join(", "),
        })
    }

    /// Writes the prices the protocol acts on at `time_s`, oracle delay included, USD per token.
    ///
    /// Returns false if one is not yet known.
    pub(crate) fn oracle_prices(&self, time_s: i64, prices: &mut [f64]) -> bool {
        self.prices(prices, |asset| time_s - i64::from(asset.oracle_delay_s))
    }

    /// Writes the latest prices published at `time_s`, USD per token: what a delayed oracle will
    /// act on next.
    pub(crate) fn spot_prices(&self, time_s: i64, prices: &mut [f64]) -> bool {
        self.prices(prices, |_| time_s)
    }

    fn prices(&self, prices: &mut [f64], known_at: impl Fn(&MarketAsset) -> i64) -> bool {
        for ((price, feed), asset) in prices.iter_mut().zip(&self.feeds).zip(&self.assets) {
            *price = feed.price_at(known_at(asset));
        }
        prices.iter().all(|price| price.is_finite())
    }

    /// The prices the protocol acts on at `time_s`, USD per token by asset; `None` before all are
    /// known.
    #[must_use]
    pub fn prices_at(&self, time_s: i64) -> Option<Vec<f64>> {
        let mut prices = vec![0.0; self.assets.len()];
        self.oracle_prices(time_s, &mut prices).then_some(prices)
    }

    /// The reserves' parameters in force at `time_s`, by asset.
    #[must_use]
    pub fn reserves(&self, time_s: i64) -> &[ReserveParameters] {
        self.parameters.reserves(time_s)
    }

    /// The interest index of one asset's debt.
    #[must_use]
    pub fn borrow_index(&self, asset: usize) -> &RateIndex {
        self.parameters.borrow_index(asset)
    }

    /// The effective rate on one asset's debt at `time_s`, a fraction a year.
    pub(crate) fn borrow_rate(&self, asset: usize, time_s: i64) -> f64 {
        self.parameters.borrow_rate(asset, time_s)
    }

    /// How prices had moved up to `time_s`; `None` before the first hour of prices.
    pub(crate) fn moves(&self, time_s: i64) -> Option<Moves<'_>> {
        self.series.at(time_s)
    }

    /// The last second at which every price is known.
    #[must_use]
    pub fn priced_until_s(&self) -> Option<i64> {
        self.feeds.iter().filter_map(Feed::last_time_s).min()
    }
}

/// Whether an asset is held at one dollar by its protocol.
pub(crate) fn is_par(asset: &MarketAsset) -> bool {
    asset.price_source == PAR
}
