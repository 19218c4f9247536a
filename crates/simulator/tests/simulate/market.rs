//! Small simulated markets and the tables of their lakes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use indicatif::ProgressBar;
use plimsoll_lake::Store;
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, MarketAsset, OraclePrice, Pool, PoolLiquidity,
    PositionEvent, ReserveIndex, ReserveParameter,
};
use plimsoll_simulator::{Scenario, Simulation, SimulationSummary, simulate};
use tempfile::TempDir;

/// Seconds in a block.
pub(crate) const BLOCK_S: i64 = 300;

/// A market with many liquidations.
pub(crate) static CRASH_MARKET: LazyLock<MarketTables> =
    LazyLock::new(|| MarketTables::simulate_and_read(&crash(6, 200, 30)));

/// A market with bad debts.
pub(crate) static BAD_DEBT_MARKET: LazyLock<MarketTables> =
    LazyLock::new(|| MarketTables::simulate_and_read(&crash(11, 200, 30)));

/// A market with depegs and a single borrower.
pub(crate) static DEPEG_MARKET: LazyLock<MarketTables> = LazyLock::new(|| {
    MarketTables::simulate_and_read(&Simulation {
        seed: 5,
        accounts: 1,
        days: 60,
        scenario: Scenario::Depeg,
    })
});

pub(crate) const fn crash(seed: u64, accounts: u32, days: u32) -> Simulation {
    Simulation { seed, accounts, days, scenario: Scenario::Crash }
}

/// The time a number of hours after the start.
pub(crate) fn hour(hours: i64) -> DateTime<Utc> {
    Simulation::START + TimeDelta::hours(hours)
}

/// A lake in a temporary folder.
pub(crate) fn empty_lake() -> (TempDir, Store) {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    (dir, store)
}

/// Writes a market's history to a lake.
pub(crate) fn run(simulation: &Simulation, store: &Store) -> SimulationSummary {
    simulate(simulation, store, &ProgressBar::hidden()).expect("a simulated market")
}

/// The tables of a market.
pub(crate) struct MarketTables {
    pub(crate) assets: Vec<MarketAsset>,
    pub(crate) events: Vec<PositionEvent>,
    pub(crate) liquidations: Vec<Liquidation>,
    pub(crate) balances: Vec<BalanceChange>,
    pub(crate) settings: Vec<AccountSetting>,
    pub(crate) indexes: Vec<ReserveIndex>,
    pub(crate) parameters: Vec<ReserveParameter>,
    pub(crate) pools: Vec<Pool>,
    pub(crate) depths: Vec<PoolLiquidity>,
    /// Prices by asset, ordered by time.
    pub(crate) prices: BTreeMap<String, Vec<(i64, f64)>>,
}

impl MarketTables {
    /// Simulates a market and reads its tables.
    pub(crate) fn simulate_and_read(simulation: &Simulation) -> Self {
        let (_dir, store) = empty_lake();
        run(simulation, &store);
        let mut prices: BTreeMap<String, Vec<(i64, f64)>> = BTreeMap::new();
        for price in store.rows::<OraclePrice>().expect("prices") {
            let observation = (price.time.timestamp(), price.price_usd);
            prices.entry(price.asset).or_default().push(observation);
        }
        prices.values_mut().for_each(|series| series.sort_by_key(|(time_s, _)| *time_s));
        Self {
            assets: store.rows().expect("assets"),
            events: store.rows().expect("events"),
            liquidations: store.rows().expect("liquidations"),
            balances: store.rows().expect("balances"),
            settings: store.rows().expect("settings"),
            indexes: store.rows().expect("indexes"),
            parameters: store.rows().expect("parameters"),
            pools: store.rows().expect("pools"),
            depths: store.rows().expect("depths"),
            prices,
        }
    }

    /// The asset's index in the market.
    pub(crate) fn asset_index(&self, symbol: &str) -> usize {
        let index = self.assets.iter().position(|asset| asset.asset == symbol);
        index.expect("an asset of the market")
    }

    /// Smallest units in a token.
    pub(crate) fn unit(&self, symbol: &str) -> f64 {
        10_f64.powi(self.assets[self.asset_index(symbol)].decimals as i32)
    }

    /// The last oracle price at or before a second, USD.
    pub(crate) fn price_at(&self, symbol: &str, time_s: i64) -> f64 {
        let series = &self.prices[symbol];
        let known = series.partition_point(|(update_s, _)| *update_s <= time_s);
        series[..known].last().map_or(f64::NAN, |(_, price)| *price)
    }
}
