//! A small synthetic market of vaults, with its lake.

use chrono::{DateTime, Utc};
use plimsoll_features::{MarketId, ObservationPlan, Observations, observe};
use plimsoll_lake::tables::{
    Liquidation, MarketAsset, OraclePrice, PAR_PRICE_SOURCE, PositionEvent, ReserveParameter, Row,
    by_name, kind, parameter,
};
use plimsoll_lake::{CoveredRange, Partition, Store};

pub(crate) const START_S: i64 = 1_600_002_000;
pub(crate) const HOUR_S: i64 = 3_600;
const MARKET: [&str; 3] = ["ethereum", "maker", "eth-b"];

pub(crate) fn id() -> MarketId {
    let [chain, protocol, market] = MARKET.map(str::to_owned);
    MarketId { chain, protocol, market }
}

pub(crate) fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("a time")
}

/// A history: hourly prices, and the events of vaults by hour.
#[derive(Debug, Clone)]
pub(crate) struct VaultMarket {
    pub(crate) prices: Vec<f64>,
    pub(crate) events: Vec<(i64, u8, &'static str, f64)>,
    pub(crate) liquidations: Vec<(i64, u8, f64, f64)>,
}

impl VaultMarket {
    /// The same history up to `hour` hours after its start.
    pub(crate) fn until(&self, hour: i64) -> Self {
        let mut early = self.clone();
        early.prices.truncate(hour as usize + 1);
        early.events.retain(|event| event.0 <= hour);
        early.liquidations.retain(|liquidation| liquidation.0 <= hour);
        early
    }

    pub(crate) fn lake(&self) -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::create(dir.path()).expect("a lake");
        let asset = |asset: &str, price_source: &str, oracle_delay_s| MarketAsset {
            chain: MARKET[0].into(),
            protocol: MARKET[1].into(),
            market: MARKET[2].into(),
            asset: asset.into(),
            address: None,
            decimals: 18,
            price_source: price_source.into(),
            price_asset: asset.into(),
            oracle_delay_s,
            symbol: None,
            problem: None,
        };
        merge_rows(
            &store,
            &MARKET,
            CoveredRange::whole(),
            &[asset("DAI", PAR_PRICE_SOURCE, 0), asset("ETH", "feed", 3_600)],
        );
        let price = |(hour, price): (usize, &f64)| {
            let low = price * 0.99;
            let spot =
                OraclePrice::spot("feed", "ETH", time(START_S + hour as i64 * HOUR_S), *price);
            OraclePrice { high_usd: Some(price * 1.01), low_usd: Some(low), ..spot }
        };
        let prices: Vec<_> = self.prices.iter().enumerate().map(price).collect();
        let range =
            CoveredRange::times(prices[0].time, prices[prices.len() - 1].time).expect("in order");
        merge_rows(&store, &["feed"], range, &prices);
        let blocks = CoveredRange::blocks(0, 900_000).expect("in order");
        merge_rows(&store, &MARKET, blocks, &parameters());
        let events: Vec<_> =
            (0..).zip(&self.events).map(|(i, event)| position_event(i, event)).collect();
        merge_rows(&store, &MARKET, blocks, &events);
        let liquidations: Vec<_> =
            (0..).zip(&self.liquidations).map(|(i, l)| liquidation(i, l)).collect();
        merge_rows(&store, &MARKET, blocks, &liquidations);
        (dir, store)
    }

    pub(crate) fn observe(&self) -> Observations {
        let (_dir, store) = self.lake();
        observe(&store, &id(), &ObservationPlan::default()).expect("observations")
    }
}

fn merge_rows<R: Row>(store: &Store, partition: &[&str], range: CoveredRange, rows: &[R]) {
    let table = by_name(R::TABLE.name).expect("a table");
    let partition = Partition::new(table, partition).expect("plain names");
    store.merge(&partition, range, &R::to_batch(rows).expect("a batch")).expect("a merge");
}

fn parameters() -> Vec<ReserveParameter> {
    let change = |log_index, asset: &str, name: &str, value| ReserveParameter {
        chain: MARKET[0].into(),
        protocol: MARKET[1].into(),
        market: MARKET[2].into(),
        block: 0,
        log_index,
        tx: None,
        time: time(START_S),
        asset: asset.into(),
        parameter: name.into(),
        value,
    };
    vec![
        change(0, "ETH", parameter::LIQUIDATION_THRESHOLD, 1.0 / 1.3),
        change(2, "ETH", parameter::LIQUIDATION_BONUS, 0.13),
        change(1, "DAI", parameter::BORROW_RATE, 0.05),
    ]
}

fn position_event(
    log_index: u32,
    &(hour, vault, kind, amount): &(i64, u8, &str, f64),
) -> PositionEvent {
    let asset = if [kind::DEPOSIT, kind::WITHDRAW].contains(&kind) { "ETH" } else { "DAI" };
    PositionEvent {
        chain: MARKET[0].into(),
        protocol: MARKET[1].into(),
        market: MARKET[2].into(),
        block: hour as u64,
        log_index,
        tx: None,
        time: time(START_S + hour * HOUR_S),
        // As an older version wrote it; readers add the chain.
        account: format!("maker/eth-b/{vault}"),
        kind: kind.into(),
        asset: Some(asset.into()),
        amount_exact: Some((amount * 1e18) as i128),
        amount: Some(amount),
    }
}

fn liquidation(
    log_index: u32,
    &(hour, vault, collateral, debt): &(i64, u8, f64, f64),
) -> Liquidation {
    Liquidation {
        chain: MARKET[0].into(),
        protocol: MARKET[1].into(),
        market: MARKET[2].into(),
        block: hour as u64,
        log_index,
        tx: None,
        time: time(START_S + hour * HOUR_S),
        // As an older version wrote it; readers add the chain.
        account: format!("maker/eth-b/{vault}"),
        liquidator: None,
        collateral_asset: "ETH".into(),
        collateral_exact: (collateral * 1e18) as i128,
        collateral_amount: collateral,
        debt_asset: "DAI".into(),
        debt_exact: (debt * 1e18) as i128,
        debt_amount: debt,
        debt_scaled: None,
    }
}

/// Vault 1 is liquidated, vault 2 repays, vault 3 stays open.
pub(crate) fn example() -> VaultMarket {
    VaultMarket {
        prices: (0..400)
            .map(|hour| 1_000.0 * (1.0 + 0.1 * (f64::from(hour) / 40.0).sin()))
            .collect(),
        events: vec![
            (30, 1, kind::DEPOSIT, 10.0),
            (30, 1, kind::BORROW, 7_000.0),
            (40, 2, kind::DEPOSIT, 10.0),
            (40, 2, kind::BORROW, 4_000.0),
            (60, 3, kind::DEPOSIT, 10.0),
            (60, 3, kind::BORROW, 5_000.0),
            (120, 2, kind::REPAY, 4_001.8),
            (399, 3, kind::DEPOSIT, 1.0),
        ],
        liquidations: vec![(230, 1, 10.0, 7_100.0)],
    }
}

pub(crate) fn rows_of_vault(observations: &Observations, vault: u8) -> Vec<usize> {
    let name = format!("{}/{vault}", MARKET.join("/"));
    (0..observations.len())
        .filter(|&row| observations.account_ids[observations.account_index[row] as usize] == name)
        .collect()
}
