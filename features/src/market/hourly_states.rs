//! Prices and interest at every whole hour, so that an account's health at past hours is cheap to
//! compute.

use plimsoll_lake::tables::MarketAsset;

use super::parameters::MarketParameters;
use super::price_feed::PriceFeed;
use crate::time::HOUR_S;

/// Prices and indexes of every asset at every whole hour.
#[derive(Debug)]
pub(crate) struct HourlyAssetStates {
    first_hour: i64,
    assets: usize,
    /// By hour and asset.
    states: Vec<HourlyAssetState>,
}

/// Prices and indexes of one asset at one whole hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HourlyAssetState {
    /// Oracle price with delay, USD; NaN before the first.
    pub(crate) oracle_usd: f64,
    /// Latest published price, USD; NaN before the first.
    pub(crate) spot_usd: f64,
    pub(crate) supply_index: f64,
    pub(crate) borrow_index: f64,
}

impl HourlyAssetStates {
    /// Computes all hours; given are the first, since 1970, and their number.
    pub(super) fn new(
        (first_hour, hours): (i64, usize),
        assets: &[MarketAsset],
        feeds: &[PriceFeed],
        parameters: &MarketParameters,
    ) -> Self {
        let at = |time_s: i64, asset: usize| HourlyAssetState {
            oracle_usd: feeds[asset].price_at(time_s - i64::from(assets[asset].oracle_delay_s)),
            spot_usd: feeds[asset].price_at(time_s),
            supply_index: parameters.interest(asset).supply_index_at(time_s),
            borrow_index: parameters.interest(asset).borrow_index().index_at(time_s),
        };
        let times_s = (first_hour..).take(hours).map(|hour| hour * HOUR_S);
        let known = times_s.flat_map(|time_s| (0..assets.len()).map(move |asset| (time_s, asset)));
        let states = known.map(|(time_s, asset)| at(time_s, asset)).collect();
        Self { first_hour, assets: assets.len(), states }
    }

    /// The states at a whole hour since 1970, by asset; `None` without any price.
    pub(crate) fn at(&self, hour: i64) -> Option<&[HourlyAssetState]> {
        let start = usize::try_from(hour - self.first_hour).ok()? * self.assets;
        self.states.get(start..start + self.assets).filter(|assets| !assets.is_empty())
    }
}
