//! Later rows of a chain change no earlier feature.

use plimsoll_features::{FeatureError, ObservationPlan, Observations, observe};
use plimsoll_lake::tables::{kind, setting, side};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use super::chain_market::{ChainMarket, HOUR_S, START_S, time};
use super::example::{DOLLAR, ETHER, PRICE, example};
use super::groups::liquidity_of;

const HOURS: i64 = 300;
const ASSETS: [(&str, i128); 3] = [("WETH", ETHER / 100), ("LINK", ETHER), ("USDC", DOLLAR * 10)];

fn seconds() -> impl Strategy<Value = i64> {
    12_i64..HOURS * HOUR_S
}

/// Prices that move at odd seconds; the second asset has none in the first third.
fn prices() -> impl Strategy<Value = Vec<(i64, &'static str, f64)>> {
    let tick = (seconds(), 0_usize..3, 0.7..1.3_f64);
    prop::collection::vec(tick, 200..400).prop_map(|ticks| {
        let price = |(second, asset, factor): (i64, usize, f64)| {
            let late = if asset == 1 { HOURS * HOUR_S / 3 + second * 2 / 3 } else { second };
            (late / 12 * 12, ASSETS[asset].0, factor * [PRICE, 10.0, 1.0][asset])
        };
        let mut prices: Vec<_> = ticks.into_iter().map(price).collect();
        prices.extend([(0, "WETH", PRICE), (0, "USDC", 1.0)]);
        prices.sort_by_key(|&(second, asset, _)| (second, asset));
        prices.dedup_by_key(|(second, asset, _)| (*second, *asset));
        prices
    })
}

/// Balances that are never negative.
fn balances() -> impl Strategy<Value = Vec<(i64, u8, &'static str, &'static str, i128)>> {
    let change = (seconds(), 1_u8..5, 0_usize..3, any::<bool>(), -500_i128..1_000);
    prop::collection::vec(change, 20..60).prop_map(|mut changes| {
        changes.sort_by_key(|change| change.0);
        let mut held = std::collections::BTreeMap::new();
        let row = |(second, account, asset, owed, amount): (i64, u8, usize, bool, i128)| {
            let side = if owed { side::DEBT } else { side::COLLATERAL };
            let (asset, unit) = ASSETS[asset];
            let held = held.entry((account, asset, side)).or_insert(0);
            let change = (amount * unit / if owed { 2 } else { 1 }).max(-*held);
            *held += change;
            (second, account, asset, side, change)
        };
        changes.into_iter().map(row).collect()
    })
}

fn chain_markets() -> impl Strategy<Value = ChainMarket> {
    let toggle = (seconds(), 1_u8..5, 0_usize..3, 0_u32..4);
    let toggles = prop::collection::vec(toggle, 10..30);
    let growth = prop::collection::vec((seconds(), 0_usize..3, 0.0..0.1_f64), 10..40);
    let liquidations = prop::collection::vec((seconds(), 1_u8..5), 0..4);
    let parts = (prices(), balances(), toggles, growth, liquidations);
    parts.prop_map(|(prices, balances, toggles, mut growth, liquidations)| {
        let mut market = ChainMarket { prices, until_s: HOURS * HOUR_S, ..example() };
        market.balances.extend(balances);
        let toggle = |(second, account, asset, value): (i64, u8, usize, u32)| match value {
            0 => (second, account, setting::EMODE, None, asset as u32),
            _ => (second, account, setting::COLLATERAL, Some(ASSETS[asset].0), value.min(1)),
        };
        market.settings.as_mut().expect("settings").extend(toggles.into_iter().map(toggle));
        growth.sort_by_key(|growth| growth.0);
        let index = |(second, asset, rate): (i64, usize, f64)| {
            let index = 1.0 + second as f64 * 1e-8;
            (second, ASSETS[asset].0, index, index, rate / 2.0, rate)
        };
        market.indexes = growth.into_iter().map(index).collect();
        market.parameters.extend([
            (0, "LINK", "liquidation_threshold", 0.5),
            (0, "emode-1", "liquidation_threshold", 0.9),
            (90 * HOUR_S, "WETH", "emode_1_collateral", 1.0),
            (40 * HOUR_S, "WETH", "paused", 1.0),
            (50 * HOUR_S, "WETH", "paused", 0.0),
            (50 * HOUR_S, "WETH", "liquidation_grace_until_s", (START_S + 60 * HOUR_S) as f64),
        ]);
        market.liquidity = (0..40).map(|i| (i * 7 * HOUR_S + 36, liquidity_of(1e5))).collect();
        market.fees =
            (1..HOURS).map(|hour| (hour * HOUR_S - 24, 20.0 + (hour % 7) as f64)).collect();
        market.events.extend(liquidations.iter().map(|&(at, who)| (at, who, kind::REPAY, "USDC")));
        market.liquidations =
            liquidations.into_iter().map(|(at, who)| (at, who, "WETH", "USDC")).collect();
        market
    })
}

fn bits(observations: &Observations, row: usize) -> Vec<u64> {
    let features =
        observations.feature_row(row).into_iter().map(|value| u64::from(value.to_bits()));
    features.chain([observations.health_factor[row].to_bits()]).collect()
}

fn row_key(observations: &Observations, row: usize) -> (&str, i64) {
    let account = observations.account_index[row] as usize;
    (&observations.account_ids[account], observations.time_s[row])
}

fn observe_until(market: &ChainMarket, second: i64) -> Result<Observations, FeatureError> {
    let (_dir, store) = market.lake();
    observe(
        &store,
        &market.id(),
        &ObservationPlan { until: Some(time(second)), ..ObservationPlan::default() },
    )
}

proptest! {
    #![proptest_config(Config { cases: 24, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() })]

    #[test]
    fn deleting_the_future_changes_no_feature(market in chain_markets(), second in 2 * HOUR_S..HOURS * HOUR_S) {
        let second = second / 12 * 12;
        let all = market.observe().expect("observations");
        let Ok(early) = market.until(second).observe() else { return Ok(()) };
        let mut later = 0;
        for row in 0..early.len() {
            let same = |&other: &usize| row_key(&all, other) == row_key(&early, row);
            later = (later..all.len()).find(same).expect("every early landmark is a later one");
            prop_assert_eq!(bits(&early, row), bits(&all, later));
        }
    }

    #[test]
    fn a_snapshot_equals_the_observations_at_its_time(market in chain_markets(), landmark in 1_i64..HOURS / 4) {
        let second = landmark * 4 * HOUR_S;
        let all = market.observe().expect("observations");
        let snapshot = market.until(second).snapshot();
        prop_assert_eq!(snapshot.as_of(), time(second));
        for (account, state) in snapshot.states() {
            let now = (account.as_str(), snapshot.as_of().timestamp());
            let row = (0..all.len()).find(|&row| row_key(&all, row) == now);
            let features = snapshot.compute_features(state);
            prop_assert_eq!(features.is_some(), row.is_some());
            let Some((features, row)) = features.zip(row) else { continue };
            let computed = features.features.iter().map(|value| u64::from(value.to_bits()));
            let computed: Vec<_> = computed.chain([features.health_factor.to_bits()]).collect();
            prop_assert_eq!(computed, bits(&all, row));
        }
    }

    #[test]
    fn change_rows_are_those_of_a_day_before_and_of_now(market in chain_markets(), landmark in 10_i64..HOURS / 4) {
        let second = landmark * 4 * HOUR_S;
        let (now, before) =
            (market.until(second).snapshot(), market.until(second - 24 * HOUR_S).snapshot());
        prop_assert_eq!(now.day_before(), before.as_of());
        for account in now.states().keys() {
            let Ok(rows) = now.compute_change_rows(account) else { continue };
            for (row, snapshot) in [(&rows[0], &before), (&rows[rows.len() - 1], &now)] {
                let features = snapshot.compute_features(&snapshot.states()[account]);
                let features = features.expect("it was open");
                let bits = |row: &[f32]| row.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                prop_assert_eq!(bits(&row.features), bits(&features.features));
                prop_assert_eq!(row.health_factor.to_bits(), features.health_factor.to_bits());
            }
        }
    }

    #[test]
    fn an_until_limit_equals_deleting_the_future(market in chain_markets(), second in 2 * HOUR_S..HOURS * HOUR_S) {
        let second = second / 12 * 12;
        match (observe_until(&market, second), market.until(second).observe()) {
            (Ok(limited), Ok(deleted)) => {
                prop_assert_eq!(&limited.time_s, &deleted.time_s);
                prop_assert_eq!(&limited.outcome, &deleted.outcome);
                prop_assert_eq!(&limited.owner_actions, &deleted.owner_actions);
                prop_assert_eq!(&limited.crossing, &deleted.crossing);
                for row in 0..deleted.len() {
                    prop_assert_eq!(bits(&limited, row), bits(&deleted, row));
                }
            }
            (limited, deleted) => prop_assert_eq!(limited.is_err(), deleted.is_err()),
        }
    }
}
