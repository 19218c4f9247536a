//! Observations of a small synthetic market with a known history.

mod future;
mod labels;
mod scale;
mod vault_market;

use plimsoll_features::{
    CLOSED, FeatureError, LIQUIDATED, OPEN, ObservationPlan, Snapshot, feature_count,
    feature_index, observe,
};
use plimsoll_lake::tables::kind;
use vault_market::{HOUR_S, START_S, VaultMarket, example, id, rows_of_vault, time};

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
    let value = |name: &str| {
        f64::from(observations.features[[row, feature_index(name).expect("a feature")]])
    };
    let hourly = (8_760.0_f64).sqrt();
    assert!((value("volatility_24h") - step * hourly).abs() < 1e-5);
    let range = (1.01_f64 / 0.99).ln();
    // The high or low of the previous hour may be the first price of this one, but not beyond it.
    let parkinson = range / (4.0 * std::f64::consts::LN_2).sqrt() * hourly;
    for window in ["1h", "6h", "24h"] {
        assert!((value(&format!("parkinson_{window}")) / parkinson - 1.0).abs() < 1e-5, "{window}");
    }
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
        let state = &snapshot.states()[&format!("ethereum/maker/eth-b/{vault}")];
        let account_features = snapshot.compute_features(state).expect("an open account");
        assert_eq!(account_features.features.len(), feature_count());
        let bits = |features: &[f32]| features.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(
            bits(&account_features.features),
            bits(&observations.features.row(row).to_vec())
        );
    }
    assert!(
        snapshot.compute_features(&snapshot.states()["ethereum/maker/eth-b/2"]).is_none(),
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
        let recorded = |hour: i64| (lower_log_health(&market, hour) * 100.0).round();
        let lower = hours.clone().filter(|hour| recorded(*hour) <= (now * 100.0 + 1.0).floor());
        let lower: f64 = lower.map(kept).sum();
        assert!((value(row, "log_hours_lower_720h") - lower.ln_1p()).abs() < 1e-5);
        let lowest = hours.map(|hour| lower_log_health(&market, hour)).fold(now, f64::min);
        assert!((value(row, "lowest_log_health_since_action") - lowest).abs() < 1e-6);
        assert!((value(row, "log_health_gap") - (now - lowest).clamp(0.0, 1.0)).abs() < 1e-6);
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
