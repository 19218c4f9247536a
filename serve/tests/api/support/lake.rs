//! A lake with sixty days of two markets.

use chrono::{DateTime, Utc};
use plimsoll_features::MarketId;
use plimsoll_lake::tables::{
    AccountSetting, Liquidation, MarketAsset, OraclePrice, PAR_PRICE_SOURCE, PositionEvent,
    ReserveParameter, Row, parameter,
};
use plimsoll_lake::{CoveredRange, Filter, Partition, Store};

use super::random::Random;
use super::vaults::{self, Vaults};

pub(crate) const MAKER: &str = "ethereum/maker/eth-b";
pub(crate) const AAVE: &str = "ethereum/aave-v3/core";
/// A market used by some tests only.
pub(crate) const HOSTILE: &str = "ethereum/kamino/main";
/// A market with accounts below the threshold, used by some tests only.
pub(crate) const BELOW: &str = "ethereum/silo/core";
/// A market with an efficiency mode, used by some tests only.
pub(crate) const MODES: &str = "ethereum/spark/core";
/// A market whose reserve of ETH is in its grace period, used by some tests only.
pub(crate) const HALTED: &str = "ethereum/silo/halted";
/// A market whose price of ETH departs from the market in the last hour, used by some tests only.
pub(crate) const DEPARTED: &str = "ethereum/moon/core";
/// The market's source of prices.
const DEPARTED_SOURCE: &str = "moon-oracle";
/// Hours of that grace period after [`AS_OF`].
pub(crate) const GRACE_HOURS: usize = 12;
/// The threshold of ETH in that mode.
pub(crate) const MODE_THRESHOLD: f64 = 0.93;
/// The last hour of the lake, in which vault 1 acts again.
pub(crate) const AS_OF: &str = "2022-03-01T23:00:00Z";
pub(crate) const HOURS: usize = 60 * 24;

const START: &str = "2022-01-01T00:00:00Z";
const SOURCE: &str = "synthetic";
const HOURLY_VOLATILITY: f64 = 0.011;

pub(crate) fn id(name: &str) -> MarketId {
    let parts: Vec<&str> = name.split('/').collect();
    let [chain, protocol, market] = parts[..] else { panic!("{name} is no market's name") };
    let [chain, protocol, market] = [chain, protocol, market].map(str::to_owned);
    MarketId { chain, protocol, market }
}

pub(crate) fn time(hour: usize) -> DateTime<Utc> {
    let start: DateTime<Utc> = START.parse().expect("a time");
    start + chrono::Duration::hours(hour as i64)
}

pub(crate) const fn block(hour: usize) -> u64 {
    13_900_000 + 270 * hour as u64
}

pub(crate) fn fill(store: &Store) {
    let mut random = Random::new(7);
    let eth = random_walk(&mut random, 2_500.0);
    let wbtc = random_walk(&mut random, 40_000.0);
    put_prices(store, "ETH", &eth);
    put_prices(store, "WBTC", &wbtc);
    put_market(store, MAKER, &[("DAI", 0.0, 0.02), ("ETH", vaults::THRESHOLD, 0.0)], &[]);
    put_market(store, AAVE, &[("ETH", 0.83, 0.01), ("USDC", 0.8, 0.03), ("WBTC", 0.75, 0.0)], &[]);
    put_vaults(store, MAKER, &vaults::maker_vaults(&mut random, &eth));
    put_vaults(store, AAVE, &vaults::aave_accounts());
}

/// Adds a market whose one account has a name with HTML.
pub(crate) fn fill_hostile(store: &Store) {
    put_market(store, HOSTILE, &[("DAI", 0.0, 0.02), ("ETH", vaults::THRESHOLD, 0.0)], &[]);
    put_vaults(store, HOSTILE, &vaults::hostile_account());
}

/// Adds a market with an account above the threshold, one below since it was opened in the last hour,
/// and one that has been below it for two months.
pub(crate) fn fill_below(store: &Store) {
    put_market(store, BELOW, &[("DAI", 0.0, 0.02), ("ETH", vaults::THRESHOLD, 0.0)], &[]);
    put_vaults(store, BELOW, &vaults::below_accounts());
}

/// Adds a market with an account just below the threshold, whose collateral cannot be liquidated for
/// twelve hours, and one with paused collateral.
pub(crate) fn fill_halted(store: &Store) {
    let until_s = time(HOURS - 1 + GRACE_HOURS).timestamp();
    let halts =
        [("ETH", "liquidation_grace_until_s", (until_s - 1) as f64), ("WBTC", "paused", 1.0)];
    let assets =
        [("DAI", 0.0, 0.02), ("ETH", vaults::THRESHOLD, 0.0), ("WBTC", vaults::THRESHOLD, 0.0)];
    put_market(store, HALTED, &assets, &halts);
    put_vaults(store, HALTED, &vaults::halted_accounts());
}

/// Adds a market with an oracle of its own, which has the market's prices but for the last hour.
pub(crate) fn fill_departed(store: &Store) {
    let filter = Filter::default().partition(OraclePrice::SOURCE, SOURCE);
    let mut prices: Vec<OraclePrice> = store.rows_where(&filter).expect("prices");
    prices.retain(|price| price.asset == "ETH");
    prices.iter_mut().for_each(|price| DEPARTED_SOURCE.clone_into(&mut price.source));
    prices.last_mut().expect("prices").price_usd = 1.12;
    let range = CoveredRange::times(time(0), time(HOURS - 1)).expect("a range");
    let partition = Partition::new(&OraclePrice::TABLE, &[DEPARTED_SOURCE]).expect("a partition");
    merge_rows(store, &partition, range, &prices);
    put_market(store, DEPARTED, &[("DAI", 0.0, 0.02), ("ETH", vaults::THRESHOLD, 0.0)], &[]);
    put_vaults(store, DEPARTED, &vaults::departed_account());
}

/// Adds a market whose one account is in an efficiency mode and has not pledged all of its assets.
pub(crate) fn fill_modes(store: &Store) {
    let assets = [("ETH", 0.83, 0.0), ("USDC", 0.8, 0.03), ("WBTC", 0.75, 0.0)];
    let mode = [
        ("emode-1", parameter::LIQUIDATION_THRESHOLD, MODE_THRESHOLD),
        ("ETH", "emode_1_collateral", 1.0),
    ];
    put_market(store, MODES, &assets, &mode);
    put_vaults(store, MODES, &vaults::modes_account());
    let id = id(MODES);
    let settings = partition(&id, Partition::new(&AccountSetting::TABLE, &parts(&id)));
    merge_rows(store, &settings, blocks(), &vaults::mode_settings());
}

fn random_walk(random: &mut Random, start: f64) -> Vec<f64> {
    let mut price = start;
    let mut step = || {
        price *= (HOURLY_VOLATILITY * random.normal()).exp();
        price
    };
    (0..HOURS).map(|_| step()).collect()
}

pub(super) fn put_prices(store: &Store, asset: &str, prices: &[f64]) {
    let price = |(hour, price): (usize, &f64)| OraclePrice::spot(SOURCE, asset, time(hour), *price);
    let rows: Vec<_> = prices.iter().enumerate().map(price).collect();
    let range = CoveredRange::times(time(0), time(HOURS - 1)).expect("a range");
    merge_rows(
        store,
        &Partition::new(&OraclePrice::TABLE, &[SOURCE]).expect("a partition"),
        range,
        &rows,
    );
}

/// Declares assets with their liquidation thresholds and borrow rates, and any other parameters.
pub(super) fn put_market(
    store: &Store,
    name: &str,
    assets: &[(&str, f64, f64)],
    others: &[(&str, &str, f64)],
) {
    let id = id(name);
    let declared = |asset: &str| MarketAsset {
        chain: id.chain.clone(),
        protocol: id.protocol.clone(),
        market: id.market.clone(),
        asset: asset.to_owned(),
        address: None,
        decimals: 18,
        price_source: match (name, asset) {
            (_, "DAI" | "USDC") => PAR_PRICE_SOURCE,
            (DEPARTED, _) => DEPARTED_SOURCE,
            _ => SOURCE,
        }
        .to_owned(),
        price_asset: asset.to_owned(),
        oracle_delay_s: 0,
        symbol: None,
        problem: None,
    };
    let rows: Vec<_> = assets.iter().map(|(asset, ..)| declared(asset)).collect();
    let partition = partition(&id, Partition::new(&MarketAsset::TABLE, &parts(&id)));
    merge_rows(store, &partition, CoveredRange::whole(), &rows);
    let set = assets.iter().flat_map(|&(asset, threshold, rate)| {
        let [threshold_name, rate_name] =
            [parameter::LIQUIDATION_THRESHOLD, parameter::BORROW_RATE];
        [(asset, threshold_name, threshold), (asset, rate_name, rate)]
    });
    let change = |(index, (asset, name, value)): (usize, (&str, &str, f64))| ReserveParameter {
        chain: id.chain.clone(),
        protocol: id.protocol.clone(),
        market: id.market.clone(),
        block: block(0),
        log_index: index as u32,
        tx: None,
        time: time(0),
        asset: asset.to_owned(),
        parameter: name.to_owned(),
        value,
    };
    let changes: Vec<_> = set.chain(others.iter().copied()).enumerate().map(change).collect();
    let partition = self::partition(&id, Partition::new(&ReserveParameter::TABLE, &parts(&id)));
    merge_rows(store, &partition, blocks(), &changes);
}

pub(super) fn put_vaults(store: &Store, name: &str, vaults: &Vaults) {
    let id = id(name);
    let events = partition(&id, Partition::new(&PositionEvent::TABLE, &parts(&id)));
    merge_rows(store, &events, blocks(), &vaults.events);
    let liquidations = partition(&id, Partition::new(&Liquidation::TABLE, &parts(&id)));
    merge_rows(store, &liquidations, blocks(), &vaults.liquidations);
}

fn parts(id: &MarketId) -> [&str; 3] {
    [&id.chain, &id.protocol, &id.market]
}

fn partition<E: std::fmt::Debug>(id: &MarketId, partition: Result<Partition, E>) -> Partition {
    partition.unwrap_or_else(|error| panic!("{id:?}: {error:?}"))
}

fn blocks() -> CoveredRange {
    CoveredRange::blocks(block(0), block(HOURS)).expect("a range")
}

fn merge_rows<R: Row>(store: &Store, partition: &Partition, range: CoveredRange, rows: &[R]) {
    let batch = R::to_batch(rows).expect("a batch");
    store.merge(partition, range, &batch).expect("it is written");
}
