//! A market of a chain, as the rows of a test.

use chrono::{DateTime, Utc};
use plimsoll_features::MarketId;

/// Midnight, so that landmarks of the grid are whole multiples of the interval.
pub(crate) const START_S: i64 = 1_704_067_200;
pub(crate) const HOUR_S: i64 = 3_600;
/// Blocks come every twelve seconds, the first at the start.
pub(crate) const BLOCK_S: i64 = 12;

/// Second, account, setting, asset, value.
pub(crate) type SettingRow = (i64, u8, &'static str, Option<&'static str>, u32);

/// The rows of a chain, each with its seconds after the start.
#[derive(Debug, Clone)]
pub(crate) struct ChainMarket {
    pub(crate) protocol: &'static str,
    /// Symbol, decimals, and whether it is at par.
    pub(crate) assets: Vec<(&'static str, u32, bool)>,
    /// Asset, price.
    pub(crate) prices: Vec<(i64, &'static str, f64)>,
    /// Account, asset, side, change in index-scaled units.
    pub(crate) balances: Vec<(i64, u8, &'static str, &'static str, i128)>,
    /// `None` where the market has no settings.
    pub(crate) settings: Option<Vec<SettingRow>>,
    /// Asset, supply index, debt index, supply rate, borrow rate.
    pub(crate) indexes: Vec<(i64, &'static str, f64, f64, f64, f64)>,
    /// Asset, parameter, value.
    pub(crate) parameters: Vec<(i64, &'static str, &'static str, f64)>,
    /// Account, kind, asset.
    pub(crate) events: Vec<(i64, u8, &'static str, &'static str)>,
    /// Account, collateral, debt.
    pub(crate) liquidations: Vec<(i64, u8, &'static str, &'static str)>,
    /// Base fee, gwei.
    pub(crate) fees: Vec<(i64, f64)>,
    /// Liquidity added to a pool of WETH and USDC, over all ticks; without any there is no pool.
    pub(crate) liquidity: Vec<(i64, i128)>,
    /// The end of the range that was read.
    pub(crate) until_s: i64,
}

/// The time of the block at or before a second after the start.
pub(crate) fn time(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(START_S + second / BLOCK_S * BLOCK_S, 0).expect("a time")
}

impl ChainMarket {
    pub(crate) fn id(&self) -> MarketId {
        let (chain, market) = ("chain".to_owned(), "main".to_owned());
        MarketId { chain, protocol: self.protocol.to_owned(), market }
    }

    pub(crate) fn account(&self, account: u8) -> String {
        format!("chain/{}/main/{account}", self.protocol)
    }

    /// The same chain up to `second` seconds after the start.
    pub(crate) fn until(&self, second: i64) -> Self {
        let mut early = self.clone();
        early.prices.retain(|row| row.0 <= second);
        early.balances.retain(|row| row.0 <= second);
        early.settings.iter_mut().for_each(|rows| rows.retain(|row| row.0 <= second));
        early.indexes.retain(|row| row.0 <= second);
        early.parameters.retain(|row| row.0 <= second);
        early.events.retain(|row| row.0 <= second);
        early.liquidations.retain(|row| row.0 <= second);
        early.liquidity.retain(|row| row.0 <= second);
        early.fees.retain(|row| row.0 <= second);
        early.until_s = second;
        early
    }
}

/// A row of a chain.
pub(crate) trait Timed {
    fn second(&self) -> i64;
}

/// The first field of a row is its second.
macro_rules! timed {
    ($($entry:ty),+) => { $(impl Timed for $entry { fn second(&self) -> i64 { self.0 } })+ };
}
timed!(
    (i64, u8, &str, &str, i128),
    SettingRow,
    (i64, &str, f64, f64, f64, f64),
    (i64, &str, &str, f64),
    (i64, u8, &str, &str)
);
