//! Features whose values are known by hand.

use plimsoll_features::{AccountFeatures, feature_index};
use plimsoll_lake::tables::{setting, side};

use super::lake::{ChainMarket, HOUR_S};
use super::{DOLLAR, ETHER, PRICE, compute_features, example};

fn value(mark: &AccountFeatures, name: &str) -> f64 {
    f64::from(mark.features[feature_index(name).expect("a feature")])
}

/// A story in which ether moves by two per cent every day, and the dollar hardly.
fn volatile_market() -> ChainMarket {
    let mut story = example();
    story.prices.extend((1..8).flat_map(|half_day| {
        let ether = if half_day % 4 < 2 { PRICE } else { PRICE * 1.02 };
        let dollar = if half_day % 4 < 2 { 1.0 } else { 1.001 };
        [(half_day * 12 * HOUR_S, "WETH", ether), (half_day * 12 * HOUR_S, "USDC", dollar)]
    }));
    story
}

#[test]
fn a_price_fall_affects_volatile_assets_only() {
    let mark = compute_features(&volatile_market(), 1);
    let log_health = value(&mark, "log_health_factor");
    for (name, fall) in [("10", 0.1), ("20", 0.2), ("30", 0.3_f64)] {
        let fallen = value(&mark, &format!("log_health_after_fall_{name}"));
        assert!((fallen - log_health - (-fall).ln_1p()).abs() < 1e-6, "{name}");
    }
}

#[test]
fn a_hedged_account_loses_less_in_a_fall() {
    let mut story = volatile_market();
    story.balances.push((2 * HOUR_S, 1, "WETH", side::DEBT, 2 * ETHER));
    let mark = compute_features(&story, 1);
    let dollars = mark.debt_usd - 2.0 * mark.collateral_usd / 10.0;
    let expected =
        (0.83 * mark.collateral_usd * 0.7 / (dollars + 0.7 * (mark.debt_usd - dollars))).ln();
    assert!((value(&mark, "log_health_after_fall_30") - expected).abs() < 1e-6);
}

#[test]
fn interest_alone_liquidates_after_the_computed_days() {
    let mut story = example();
    story.indexes =
        vec![(HOUR_S, "WETH", 1.0, 1.0, 0.02, 0.03), (HOUR_S, "USDC", 1.0, 1.0, 0.045, 0.06)];
    let mark = compute_features(&story, 1);
    // Rates are nominal: a year of them is a factor of e to the rate.
    let days = 365.0 * value(&mark, "log_health_factor") / (0.06 - 0.02);
    assert!((value(&mark, "days_to_liquidation_by_interest") / days - 1.0).abs() < 1e-4);
    assert!((value(&mark, "supply_rate") - 0.02_f64.exp_m1()).abs() < 1e-7);
    assert!((value(&mark, "debt_supply_over_borrow_rate") - 0.75).abs() < 1e-6);
}

#[test]
fn without_interest_time_never_liquidates() {
    let mark = compute_features(&example(), 1);
    assert_eq!(value(&mark, "days_to_liquidation_by_interest"), 10_000.0);
    assert!(value(&mark, "debt_supply_over_borrow_rate").is_nan());
}

#[test]
fn collateral_added_soon_after_a_borrow_is_a_loop() {
    let mut story = example();
    let step = |second: i64, wait_s: i64| {
        [
            (second, 1, "USDC", side::DEBT, 1_000 * DOLLAR),
            (second + wait_s, 1, "WETH", side::COLLATERAL, ETHER / 2),
        ]
    };
    // In one block, within ten minutes, and after them; opening in one block is no loop.
    let steps = [step(20 * HOUR_S, 0), step(30 * HOUR_S, 600), step(40 * HOUR_S, 612)];
    for (second, account, asset, side, _) in steps.as_flattened() {
        let act = if *side == side::DEBT { "borrow" } else { "deposit" };
        story.events.push((*second, *account, act, asset));
    }
    story.balances.extend(steps.into_iter().flatten());
    assert_eq!(value(&compute_features(&story, 1), "loops"), 2.0);
}

#[test]
fn rescues_record_the_health_they_started_from() {
    let mut story = example();
    story.balances.extend([
        (20 * HOUR_S, 1, "USDC", side::DEBT, 5_000 * DOLLAR),
        (30 * HOUR_S, 1, "WETH", side::COLLATERAL, 5 * ETHER),
    ]);
    story.events.extend([(20 * HOUR_S, 1, "borrow", "USDC"), (30 * HOUR_S, 1, "deposit", "WETH")]);
    let mark = compute_features(&story, 1);
    let low = (0.83 * 20_000.0 / 15_000.0_f64).ln();
    assert_eq!(value(&mark, "rescues"), 1.0);
    assert!((value(&mark, "log_health_at_rescues") - low).abs() < 1e-6);
    assert!((value(&mark, "lowest_log_health_since_opened") - low).abs() < 1e-6);
    // Open from hour 1 to hour 100, low after 20 and until 30.
    assert!((value(&mark, "low_health_hours_share") - 10.0 / 99.0).abs() < 1e-6);
    // Acted at 1, 20 and 30 (6 in the morning); it is 4 in the morning.
    let near = (2.0 + 4.0 * 7.0 / 24.0) / 7.0;
    assert!((value(&mark, "actions_near_this_hour_share") - near).abs() < 1e-6);
}

/// Account 1 with a log health of .507, and others at .051, .186 and 1.
fn crowded_market() -> ChainMarket {
    let mut story = example();
    for (account, dollars) in [(2, 15_770), (3, 13_780), (4, 6_000)] {
        story.balances.extend([
            (2 * HOUR_S, account, "WETH", side::COLLATERAL, 10 * ETHER),
            (2 * HOUR_S, account, "USDC", side::DEBT, dollars * DOLLAR),
        ]);
        let settings = story.settings.as_mut().expect("settings");
        settings.push((2 * HOUR_S, account, setting::COLLATERAL, Some("WETH"), 1));
    }
    story
}

#[test]
fn stress_is_the_share_of_debt_near_liquidation() {
    let mark = compute_features(&crowded_market(), 1);
    let all = 10_000.0 + 15_770.0 + 13_780.0 + 6_000.0;
    let share = |name: &str| value(&mark, &format!("market_debt_share_within_{name}pct"));
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
    let asked = snapshot.newly_opened(vec![0.0, 0.0, 10.0], vec![0.0, 10_000.0, 0.0]);
    let asked = snapshot.compute_features(&asked).expect("an open account");
    let here = 10_000.0 / (others + 10_000.0);
    assert!((value(&asked, "crowd_share_within_5pct") - here).abs() < 1e-6);
}

#[test]
fn liquidations_count_for_a_day_and_for_a_week() {
    // Each liquidation of a story repays a billion dollars.
    let mut story = example();
    story.liquidations = vec![(20 * HOUR_S, 1, "WETH", "USDC")];
    let basis_points = 1e4 * 1e9 / (1e9 + 10_000.0_f64);
    let late = compute_features(&story, 1);
    assert_eq!(value(&late, "log_liquidated_bps_24h"), 0.0);
    assert!((value(&late, "log_liquidated_bps_168h") - basis_points.ln_1p()).abs() < 1e-5);
    let soon = compute_features(&story.until(43 * HOUR_S), 1);
    assert!((value(&soon, "log_liquidated_bps_24h") - basis_points.ln_1p()).abs() < 1e-5);
    assert!(
        value(&compute_features(&story.until(44 * HOUR_S), 1), "log_liquidated_bps_24h") == 0.0
    );
}

#[test]
fn base_fee_is_relative_to_its_weekly_median() {
    let name = "log_base_fee_over_median_168h";
    let mut story = example();
    assert!(value(&compute_features(&story, 1), name).is_nan(), "no block tells");
    story.fees = vec![(12, 20.0), (99 * HOUR_S, 60.0), (100 * HOUR_S + 12, 900.0)];
    assert!((value(&compute_features(&story, 1), name) - 3_f64.ln()).abs() < 1e-6);
}

/// Liquidity over all ticks of a pool that holds so many dollars, and as much in ether.
pub(crate) fn liquidity_of(dollars: f64) -> i128 {
    (dollars * 1e6 * dollars / PRICE * 1e18).sqrt() as i128
}

#[test]
fn selling_cost_of_a_constant_product_pool_is_exact() {
    let mut story = volatile_market();
    assert!(value(&compute_features(&story, 1), "selling_cost").is_nan(), "no pool is known");
    assert!(value(&compute_features(&story, 1), "log_nearer_debt_over_depth").is_nan());
    // Ten ether against a hundred: the average price is 100 / 110 of that before.
    story.liquidity = vec![(60, liquidity_of(100.0 * PRICE))];
    let cost = |story: &ChainMarket| value(&compute_features(story, 1), "selling_cost");
    assert!((cost(&story) * 11.0 - 1.0).abs() < 0.03);
    // What is known of a pool is known at whole hours.
    story.liquidity.push((99 * HOUR_S + 60, liquidity_of(900.0 * PRICE)));
    assert!((cost(&story.until(99 * HOUR_S + 120)) * 11.0 - 1.0).abs() < 0.03);
    assert!((cost(&story) * 101.0 - 1.0).abs() < 0.03);
}

#[test]
fn nearer_debt_is_compared_with_pool_depth() {
    let mut story = crowded_market();
    story.prices = volatile_market().prices;
    story.liquidity = vec![(60, liquidity_of(100.0 * PRICE))];
    let mark = compute_features(&story, 1);
    let (ether, dollar) = (mark.collateral_usd / 10.0, mark.debt_usd / 10_000.0);
    // A tenth is lost when the pool has taken a ninth of what it holds.
    let depth_usd = 100.0 / 9.0 * ether;
    let expected = ((15_770.0 + 13_780.0) * dollar / depth_usd).ln_1p();
    assert!((value(&mark, "log_nearer_debt_over_depth") - expected).abs() < 1e-4);
}
