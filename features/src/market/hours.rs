//! Prices and interest at every whole hour, so that an account's past is cheap to reckon.

use plimsoll_lake::tables::MarketAsset;

use super::feed::Feed;
use super::parameters::Parameters;

pub(crate) const HOUR_S: i64 = 3_600;

/// What was known of every asset at every whole hour.
#[derive(Debug)]
pub(crate) struct Hours {
    first_hour: i64,
    assets: usize,
    /// By hour and asset.
    known: Vec<AssetHour>,
}

/// What was known of one asset at one whole hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AssetHour {
    /// Price that the protocol acts on, USD; NaN before the first.
    pub(crate) oracle_usd: f64,
    /// Latest published price, USD; NaN before the first.
    pub(crate) spot_usd: f64,
    pub(crate) supply_index: f64,
    pub(crate) borrow_index: f64,
}

impl Hours {
    /// The hours from `first_hour` on, so many of them, counted since 1970.
    pub(super) fn of(
        first_hour: i64,
        hours: usize,
        assets: &[MarketAsset],
        feeds: &[Feed],
        parameters: &Parameters,
    ) -> Self {
        let at = |time_s: i64, asset: usize| AssetHour {
            oracle_usd: feeds[asset].price_at(time_s - i64::from(assets[asset].oracle_delay_s)),
            spot_usd: feeds[asset].price_at(time_s),
            supply_index: parameters.interest(asset).supply_index_at(time_s),
            borrow_index: parameters.interest(asset).borrow_index().index_at(time_s),
        };
        let times_s = (first_hour..).take(hours).map(|hour| hour * HOUR_S);
        let known = times_s.flat_map(|time_s| (0..assets.len()).map(move |asset| (time_s, asset)));
        let known = known.map(|(time_s, asset)| at(time_s, asset)).collect();
        Self { first_hour, assets: assets.len(), known }
    }

    /// What was known at a whole hour since 1970, by asset; `None` where no price was known at all.
    pub(crate) fn at(&self, hour: i64) -> Option<&[AssetHour]> {
        let place = usize::try_from(hour - self.first_hour).ok()? * self.assets;
        self.known.get(place..place + self.assets).filter(|assets| !assets.is_empty())
    }
}
