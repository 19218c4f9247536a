//! Features whose values are known by hand.

use plimsoll_features::{AccountFeatures, feature_index};
use plimsoll_lake::tables::{setting, side};

use super::chain_market::{ChainMarket, HOUR_S};
use super::example::{DOLLAR, ETHER, PRICE, compute_features, example};

pub(crate) fn value(features: &AccountFeatures, name: &str) -> f64 {
    f64::from(features.features[feature_index(name).expect("a feature")])
}

/// A market in which ether moves by two per cent every day, and the dollar by a thousandth.
pub(crate) fn volatile_market() -> ChainMarket {
    let mut market = example();
    market.prices.extend((1..8).flat_map(|half_day| {
        let ether = if half_day % 4 < 2 { PRICE } else { PRICE * 1.02 };
        let dollar = if half_day % 4 < 2 { 1.0 } else { 1.001 };
        [(half_day * 12 * HOUR_S, "WETH", ether), (half_day * 12 * HOUR_S, "USDC", dollar)]
    }));
    market
}

#[test]
fn a_price_fall_affects_volatile_assets_only() {
    let features = compute_features(&volatile_market(), 1);
    let log_health = value(&features, "log_health_factor");
    for (name, fall) in [("10", 0.1), ("20", 0.2), ("30", 0.3_f64)] {
        let fallen = value(&features, &format!("log_health_after_fall_{name}"));
        assert!((fallen - log_health - (-fall).ln_1p()).abs() < 1e-6, "{name}");
    }
}

#[test]
fn a_hedged_account_loses_less_in_a_fall() {
    let mut market = volatile_market();
    market.balances.push((2 * HOUR_S, 1, "WETH", side::DEBT, 2 * ETHER));
    let features = compute_features(&market, 1);
    let dollars = features.debt_usd - 2.0 * features.collateral_usd / 10.0;
    let expected = (0.83 * features.collateral_usd * 0.7
        / (dollars + 0.7 * (features.debt_usd - dollars)))
        .ln();
    assert!((value(&features, "log_health_after_fall_30") - expected).abs() < 1e-6);
}

#[test]
fn interest_alone_liquidates_after_the_computed_days() {
    let mut market = example();
    market.indexes =
        vec![(HOUR_S, "WETH", 1.0, 1.0, 0.02, 0.03), (HOUR_S, "USDC", 1.0, 1.0, 0.045, 0.06)];
    let features = compute_features(&market, 1);
    // Rates are nominal: a year of them is a factor of e to the rate.
    let days = 365.0 * value(&features, "log_health_factor") / (0.06 - 0.02);
    assert!((value(&features, "days_to_liquidation_by_interest") / days - 1.0).abs() < 1e-4);
    assert!((value(&features, "supply_rate") - 0.02_f64.exp_m1()).abs() < 1e-7);
    assert!((value(&features, "debt_supply_over_borrow_rate") - 0.75).abs() < 1e-6);
}

#[test]
fn without_interest_time_never_liquidates() {
    let features = compute_features(&example(), 1);
    assert_eq!(value(&features, "days_to_liquidation_by_interest"), 10_000.0);
    assert!(value(&features, "debt_supply_over_borrow_rate").is_nan());
}

#[test]
fn collateral_added_soon_after_a_borrow_is_a_loop() {
    let mut market = example();
    let step = |second: i64, wait_s: i64| {
        [
            (second, 1, "USDC", side::DEBT, 1_000 * DOLLAR),
            (second + wait_s, 1, "WETH", side::COLLATERAL, ETHER / 2),
        ]
    };
    // In one block, within ten minutes, and after them; opening in one block is no loop.
    let steps = [step(20 * HOUR_S, 0), step(30 * HOUR_S, 600), step(40 * HOUR_S, 612)];
    for (second, account, asset, side, _) in steps.as_flattened() {
        let kind = if *side == side::DEBT { "borrow" } else { "deposit" };
        market.events.push((*second, *account, kind, asset));
    }
    market.balances.extend(steps.into_iter().flatten());
    assert_eq!(value(&compute_features(&market, 1), "loops"), 2.0);
}

#[test]
fn rescues_record_the_health_they_started_from() {
    let mut market = example();
    market.balances.extend([
        (20 * HOUR_S, 1, "USDC", side::DEBT, 5_000 * DOLLAR),
        (30 * HOUR_S, 1, "WETH", side::COLLATERAL, 5 * ETHER),
    ]);
    market.events.extend([(20 * HOUR_S, 1, "borrow", "USDC"), (30 * HOUR_S, 1, "deposit", "WETH")]);
    let features = compute_features(&market, 1);
    let low = (0.83 * 20_000.0 / 15_000.0_f64).ln();
    assert_eq!(value(&features, "rescues"), 1.0);
    assert!((value(&features, "log_health_at_rescues") - low).abs() < 1e-6);
    assert!((value(&features, "lowest_log_health_since_opened") - low).abs() < 1e-6);
    // Open from hour 1 to hour 100, low after 20 and until 30.
    assert!((value(&features, "low_health_hours_share") - 10.0 / 99.0).abs() < 1e-6);
    // Actions at hours 1, 20 and 30 (6 in the morning); the present hour is 4 in the morning.
    let near = (2.0 + 4.0 * 7.0 / 24.0) / 7.0;
    assert!((value(&features, "actions_near_this_hour_share") - near).abs() < 1e-6);
}

/// Account 1 with a log health factor of .507, and others at .051, .186 and 1.
fn crowded_market() -> ChainMarket {
    let mut market = example();
    for (account, dollars) in [(2, 15_770), (3, 13_780), (4, 6_000)] {
        market.balances.extend([
            (2 * HOUR_S, account, "WETH", side::COLLATERAL, 10 * ETHER),
            (2 * HOUR_S, account, "USDC", side::DEBT, dollars * DOLLAR),
        ]);
        let settings = market.settings.as_mut().expect("settings");
        settings.push((2 * HOUR_S, account, setting::COLLATERAL, Some("WETH"), 1));
    }
    market
}

#[test]
fn stress_is_the_share_of_debt_near_liquidation() {
    let features = compute_features(&crowded_market(), 1);
    let all = 10_000.0 + 15_770.0 + 13_780.0 + 6_000.0;
    let share = |name: &str| value(&features, &format!("market_debt_share_within_{name}pct"));
    assert_eq!(share("5"), 0.0);
    assert!((share("10") - 15_770.0 / all).abs() < 1e-6);
    assert!((share("20") - (15_770.0 + 13_780.0) / all).abs() < 1e-6);
}

#[test]
fn crowding_excludes_the_accounts_own_debt() {
    let others = 15_770.0 + 13_780.0 + 6_000.0;
    let first = compute_features(&crowded_market(), 1);
    assert_eq!(value(&first, "crowd_share_within_5pct"), 0.0, "not its own");
    let nearer = (15_770.0 + 13_780.0) / others;
    assert!((value(&first, "crowd_share_nearer") - nearer).abs() < 1e-6);
    let snapshot = crowded_market().snapshot();
    let opened = snapshot.newly_opened(vec![0.0, 0.0, 10.0], vec![0.0, 10_000.0, 0.0]);
    let fourth = snapshot.compute_features(&opened).expect("an open account");
    let here = 10_000.0 / (others + 10_000.0);
    assert!((value(&fourth, "crowd_share_within_5pct") - here).abs() < 1e-6);
}

#[test]
fn liquidations_count_for_a_day_and_for_a_week() {
    // Each liquidation of a market repays a billion dollars.
    let mut market = example();
    market.liquidations = vec![(20 * HOUR_S, 1, "WETH", "USDC")];
    let basis_points = 1e4 * 1e9 / (1e9 + 10_000.0_f64);
    let late = compute_features(&market, 1);
    assert_eq!(value(&late, "log_liquidated_bps_24h"), 0.0);
    assert!((value(&late, "log_liquidated_bps_168h") - basis_points.ln_1p()).abs() < 1e-5);
    let soon = compute_features(&market.until(43 * HOUR_S), 1);
    assert!((value(&soon, "log_liquidated_bps_24h") - basis_points.ln_1p()).abs() < 1e-5);
    assert!(
        value(&compute_features(&market.until(44 * HOUR_S), 1), "log_liquidated_bps_24h") == 0.0
    );
}

#[test]
fn base_fee_is_relative_to_its_weekly_median() {
    let name = "log_base_fee_over_median_168h";
    let mut market = example();
    assert!(value(&compute_features(&market, 1), name).is_nan(), "no blocks");
    market.fees = vec![(12, 20.0), (99 * HOUR_S, 60.0), (100 * HOUR_S + 12, 900.0)];
    assert!((value(&compute_features(&market, 1), name) - 3_f64.ln()).abs() < 1e-6);
}

/// Liquidity over all ticks of a pool with this amount of dollars and the same value of ether.
pub(crate) fn liquidity_of(dollars: f64) -> i128 {
    (dollars * 1e6 * dollars / PRICE * 1e18).sqrt() as i128
}

#[test]
fn selling_cost_of_a_constant_product_pool_is_exact() {
    let mut market = volatile_market();
    assert!(value(&compute_features(&market, 1), "selling_cost").is_nan(), "no pool is known");
    assert!(value(&compute_features(&market, 1), "log_nearer_debt_over_depth").is_nan());
    // Ten ether against a hundred: the average price is 100 / 110 of that before.
    market.liquidity = vec![(60, liquidity_of(100.0 * PRICE))];
    let cost = |market: &ChainMarket| value(&compute_features(market, 1), "selling_cost");
    assert!((cost(&market) * 11.0 - 1.0).abs() < 0.03);
    // The state of a pool is known at whole hours.
    market.liquidity.push((99 * HOUR_S + 60, liquidity_of(900.0 * PRICE)));
    assert!((cost(&market.until(99 * HOUR_S + 120)) * 11.0 - 1.0).abs() < 0.03);
    assert!((cost(&market) * 101.0 - 1.0).abs() < 0.03);
}

#[test]
fn nearer_debt_is_compared_with_pool_depth() {
    let mut market = crowded_market();
    market.prices = volatile_market().prices;
    market.liquidity = vec![(60, liquidity_of(100.0 * PRICE))];
    let features = compute_features(&market, 1);
    let (ether, dollar) = (features.collateral_usd / 10.0, features.debt_usd / 10_000.0);
    // The cost is a tenth for an amount of a ninth of the pool.
    let depth_usd = 100.0 / 9.0 * ether;
    let expected = ((15_770.0 + 13_780.0) * dollar / depth_usd).ln_1p();
    assert!((value(&features, "log_nearer_debt_over_depth") - expected).abs() < 1e-4);
}
