//! Observations of a small synthetic market with a known history.

use chrono::{DateTime, Utc};
use plimsoll_features::{
    CLOSED, FeatureError, LIQUIDATED, MarketId, OPEN, ObservationPlan, Observations, Snapshot,
    feature_count, feature_index, observe,
};
use plimsoll_lake::tables::{
    Liquidation, MarketAsset, OraclePrice, PAR_PRICE_SOURCE, PositionEvent, ReserveParameter, Row,
    by_name, kind, parameter,
};
use plimsoll_lake::{CoveredRange, Partition, Store};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

const START_S: i64 = 1_600_002_000;
const HOUR_S: i64 = 3_600;
const MARKET: [&str; 3] = ["ethereum", "maker", "eth-b"];

fn id() -> MarketId {
    let [chain, protocol, market] = MARKET.map(str::to_owned);
    MarketId { chain, protocol, market }
}

fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("a time")
}

/// A history: hourly prices, and the events of vaults by hour.
#[derive(Debug, Clone)]
struct VaultMarket {
    prices: Vec<f64>,
    events: Vec<(i64, u8, &'static str, f64)>,
    liquidations: Vec<(i64, u8, f64, f64)>,
}

impl VaultMarket {
    /// The same history up to `hour` hours after its start.
    fn until(&self, hour: i64) -> Self {
        let mut early = self.clone();
        early.prices.truncate(hour as usize + 1);
        early.events.retain(|event| event.0 <= hour);
        early.liquidations.retain(|liquidation| liquidation.0 <= hour);
        early
    }

    fn lake(&self) -> (tempfile::TempDir, Store) {
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

    fn observe(&self) -> Observations {
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
fn example() -> VaultMarket {
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

fn rows_of_vault(observations: &Observations, vault: u8) -> Vec<usize> {
    let name = format!("maker/eth-b/{vault}");
    (0..observations.len())
        .filter(|&row| observations.account_ids[observations.account_index[row] as usize] == name)
        .collect()
}

#[test]
fn each_account_is_followed_to_its_end() {
    let observations = example().observe();
    for (vault, event, end_hour) in [(1, LIQUIDATED, 230), (2, CLOSED, 120), (3, OPEN, 399)] {
        let rows = rows_of_vault(&observations, vault);
        assert!(!rows.is_empty());
        for row in rows {
            let outcome = observations.outcome[row];
            let days = (START_S + end_hour * HOUR_S - observations.time_s[row]) as f64 / 86_400.0;
            assert_eq!((outcome.event, outcome.duration_days), (event, days), "vault {vault}");
        }
    }
}

#[test]
fn landmarks_lie_on_the_grid_and_at_actions() {
    let observations = example().observe();
    let rows = rows_of_vault(&observations, 1);
    let action_s = START_S + 30 * HOUR_S;
    assert_eq!(observations.time_s[rows[0]], action_s);
    assert!(!observations.on_grid[rows[0]]);
    let grid = rows[1..].iter().map(|&row| observations.time_s[row]);
    assert!(rows[1..].iter().all(|&row| observations.on_grid[row]));
    assert!(grid.clone().all(|time_s| time_s % (4 * HOUR_S) == 0));
    let end_s = START_S + 230 * HOUR_S;
    assert_eq!(grid.count() as i64, (end_s - 1) / (4 * HOUR_S) - action_s / (4 * HOUR_S));
}

#[test]
fn health_uses_the_price_of_one_hour_before() {
    let market = example();
    let observations = market.observe();
    let row = rows_of_vault(&observations, 3)[5];
    let hour = (observations.time_s[row] - START_S) as f64 / 3_600.0;
    let years = (hour - 60.0) / 8_760.0;
    let debt = 5_000.0 * 1.05_f64.powf(years);
    let health = |known_hour: f64| 10.0 * market.prices[known_hour.floor() as usize] / 1.3 / debt;
    assert!((observations.health_factor[row] / health(hour - 1.0) - 1.0).abs() < 1e-12);
    let spot =
        observations.features[[row, feature_index("log_health_factor_spot").expect("a feature")]];
    assert!((f64::from(spot) - health(hour).ln()).abs() < 1e-6);
}

#[test]
fn a_known_volatility_is_recovered() {
    let mut market = example();
    let step = 0.004_f64;
    market.prices =
        (0..400).map(|hour| 1_000.0 * (if hour % 2 == 0 { step } else { 0.0 }).exp()).collect();
    let observations = market.observe();
    let row = *rows_of_vault(&observations, 3).last().expect("a row");
    let value =
        |name| f64::from(observations.features[[row, feature_index(name).expect("a feature")]]);
    let hourly = (8_760.0_f64).sqrt();
    assert!((value("volatility_24h") - step * hourly).abs() < 1e-5);
    let range = (1.01_f64 / 0.99).ln();
    // The high or low of the previous hour may be the first price of this one, but not beyond it.
    let parkinson = range / (4.0 * std::f64::consts::LN_2).sqrt() * hourly;
    assert!((value("parkinson_24h") / parkinson - 1.0).abs() < 1e-5);
}

#[test]
fn a_snapshot_computes_the_same_features_as_an_observation() {
    let (_dir, store) = example().lake();
    let until = time(START_S + 200 * HOUR_S);
    let snapshot = Snapshot::read(&store, &id(), Some(until)).expect("a snapshot");
    // The last known event is at hour 120.
    assert_eq!(snapshot.as_of(), time(START_S + 120 * HOUR_S));
    let hourly = ObservationPlan { interval: "1h".parse().expect("an interval"), until: None };
    let observations = observe(&store, &id(), &hourly).expect("observations");
    for vault in [1, 3] {
        let as_of = |row: &usize| observations.time_s[*row] == snapshot.as_of().timestamp();
        let row = rows_of_vault(&observations, vault).into_iter().find(as_of).expect("a landmark");
        let state = &snapshot.states()[&format!("maker/eth-b/{vault}")];
        let account_features = snapshot.compute_features(state).expect("an open account");
        assert_eq!(account_features.features.len(), feature_count());
        let bits = |features: &[f32]| features.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(
            bits(&account_features.features),
            bits(&observations.features.row(row).to_vec())
        );
    }
    assert!(
        snapshot.compute_features(&snapshot.states()["maker/eth-b/2"]).is_none(),
        "it was repaid"
    );
}

/// Vault 3's log health at the lower of the oracle's and the published price.
fn lower_log_health(market: &VaultMarket, hour: i64) -> f64 {
    let debt = 5_000.0 * 1.05_f64.powf((hour - 60) as f64 / 8_760.0);
    let health = |known: i64| (10.0 * market.prices[known as usize] / 1.3 / debt).ln();
    health(hour).min(health(hour - 1))
}

#[test]
fn dwell_weighs_each_recorded_hour_by_the_distance_of_its_health() {
    let market = example();
    let observations = market.observe();
    let value = |row: usize, name| {
        f64::from(observations.features[[row, feature_index(name).expect("a feature")]])
    };
    for row in rows_of_vault(&observations, 3).into_iter().step_by(7) {
        let now_hour = (observations.time_s[row] - START_S) / HOUR_S;
        let now = lower_log_health(&market, now_hour);
        let near = |hour: i64| {
            let recorded = (lower_log_health(&market, hour) * 100.0).round() / 100.0;
            (-0.5 * ((recorded - now) / (0.01 + 0.07 * now.abs())).powi(2)).exp()
        };
        let kept = |hour: i64| ((hour - now_hour) as f64 / 720.0).exp2();
        // The hour of the borrow itself is not recorded.
        let hours = 61..=now_hour;
        let dwell: f64 = hours.clone().map(near).sum();
        let decayed: f64 = hours.clone().map(|hour| kept(hour) * near(hour)).sum();
        assert!((value(row, "health_dwell") - dwell.ln_1p()).abs() < 1e-5);
        assert!((value(row, "health_dwell_720h") - decayed.ln_1p()).abs() < 1e-5);
        let lowest = hours.map(|hour| lower_log_health(&market, hour)).fold(now, f64::min);
        assert!((value(row, "lowest_log_health_since_action") - lowest).abs() < 1e-6);
    }
}

#[test]
fn an_action_resets_the_lowest_health_and_keeps_the_dwell() {
    let mut market = example();
    let untouched = market.observe();
    // The price is lowest about hour 188, and has risen by hour 250.
    market.events.push((250, 3, kind::DEPOSIT, 0.01));
    let observations = market.observe();
    let row = *rows_of_vault(&observations, 3)
        .iter()
        .find(|&&row| observations.time_s[row] == START_S + 250 * HOUR_S)
        .expect("the landmark at the action");
    let value = |name| observations.features[[row, feature_index(name).expect("a feature")]];
    let log_health = value("log_health_factor").min(value("log_health_factor_spot"));
    assert_eq!(value("lowest_log_health_since_action"), log_health);
    let before = |name| {
        let row = *rows_of_vault(&untouched, 3)
            .iter()
            .rfind(|&&row| untouched.time_s[row] <= START_S + 250 * HOUR_S)
            .expect("a landmark");
        untouched.features[[row, feature_index(name).expect("a feature")]]
    };
    assert!(before("lowest_log_health_since_action") < log_health - 0.1);
    assert!(value("health_dwell") > 1.0);
}

#[test]
fn a_missing_price_is_an_error_that_names_the_asset() {
    let (_dir, store) = example().lake();
    std::fs::remove_dir_all(store.root().join("oracle_prices")).expect("removed");
    let error = observe(&store, &id(), &ObservationPlan::default()).expect_err("no prices");
    assert!(matches!(error, FeatureError::NoPrice { .. }));
    assert!(error.to_string().contains("ETH"), "{error}");
}

fn vault_markets() -> impl Strategy<Value = VaultMarket> {
    let kinds = prop_oneof![
        Just(kind::DEPOSIT),
        Just(kind::WITHDRAW),
        Just(kind::BORROW),
        Just(kind::REPAY)
    ];
    let event =
        (0_i64..400, 1_u8..6, kinds, 1.0..3_000.0_f64).prop_map(|(hour, vault, kind, usd)| {
            let is_collateral = [kind::DEPOSIT, kind::WITHDRAW].contains(&kind);
            (hour, vault, kind, if is_collateral { usd / 500.0 } else { usd })
        });
    let events = prop::collection::vec(event, 10..40);
    let returns = prop::collection::vec(-0.03..0.03_f64, 400);
    let liquidations =
        prop::collection::vec((50_i64..400, 1_u8..6, 0.1..5.0_f64, 10.0..2_000.0_f64), 0..4);
    (returns, events, liquidations).prop_map(|(returns, mut events, liquidations)| {
        let walk = returns.iter().scan(1_000.0, |price: &mut f64, step| {
            *price *= step.exp();
            Some(*price)
        });
        events.extend([(1, 1, kind::DEPOSIT, 10.0), (2, 1, kind::BORROW, 5_000.0)]);
        VaultMarket { prices: walk.collect(), events, liquidations }
    })
}

proptest! {
    #![proptest_config(Config { cases: 24, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() })]

    #[test]
    fn deleting_the_future_changes_no_feature(market in vault_markets(), hour in 20_i64..399) {
        let all = market.observe();
        let (_dir, store) = market.until(hour).lake();
        let Ok(early) = observe(&store, &id(), &ObservationPlan::default()) else { return Ok(()) };
        let mut later = 0;
        for row in 0..early.len() {
            let name = &early.account_ids[early.account_index[row] as usize];
            let same = |&other: &usize| {
                all.time_s[other] == early.time_s[row]
                    && &all.account_ids[all.account_index[other] as usize] == name
            };
            let other = (later..all.len()).find(same).expect("every early landmark is a later one");
            later = other;
            let bits = |o: &Observations, row: usize| o.features.row(row).iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&early, row), bits(&all, other));
            prop_assert_eq!(early.health_factor[row].to_bits(), all.health_factor[other].to_bits());
        }
    }

    #[test]
    fn an_until_limit_equals_deleting_the_future(market in vault_markets(), hour in 20_i64..399) {
        let (_dir, store) = market.lake();
        let plan = ObservationPlan { until: Some(time(START_S + hour * HOUR_S)), ..ObservationPlan::default() };
        let (limited, deleted) = (observe(&store, &id(), &plan), {
            let (_dir, store) = market.until(hour).lake();
            observe(&store, &id(), &ObservationPlan::default())
        });
        match (limited, deleted) {
            (Ok(limited), Ok(deleted)) => {
                prop_assert_eq!(&limited.time_s, &deleted.time_s);
                prop_assert_eq!(&limited.outcome, &deleted.outcome);
                prop_assert!(limited.features.iter().zip(&deleted.features).all(|(a, b)| a.to_bits() == b.to_bits()));
            }
            (limited, deleted) => prop_assert_eq!(limited.is_err(), deleted.is_err()),
        }
    }
}
