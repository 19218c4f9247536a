//! Features of the first hours of a storm, with values known by hand.

use super::chain_market::{ChainMarket, HOUR_S};
use super::example::{PRICE, compute_features, example};
use super::groups::{liquidity_of, value, volatile_market};

/// Ether falls by 5 % at hour 95, and by as much after hour 100.
fn storm() -> ChainMarket {
    let mut market = example();
    let after = 100 * HOUR_S + 900;
    market.prices.extend([
        (95 * HOUR_S, "WETH", PRICE * 0.95),
        (after, "WETH", PRICE * 0.95 * 0.95),
        (after, "USDC", 1.0),
    ]);
    market.until_s = 100 * HOUR_S + 1_800;
    market
}

fn feature(market: &ChainMarket, name: &str) -> f64 {
    value(&compute_features(market, 1), name)
}

fn approx(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

#[test]
fn a_return_within_the_hour_is_known_at_once() {
    let market = storm();
    assert!(approx(feature(&market, "return_now"), 0.95_f64.ln()));
    assert!(approx(feature(&market, "return_1h"), 0.0), "of whole hours");
    assert!(approx(feature(&market.until(100 * HOUR_S), "return_now"), 0.0));
}

#[test]
fn a_fall_is_measured_from_the_highest_price_of_the_window() {
    let market = storm();
    // The highest price of the hour of a step is that before the step.
    for window in ["6h", "24h"] {
        let name = format!("fall_from_high_{window}");
        assert!(approx(feature(&market, &name), 2.0 * 0.95_f64.ln()), "{window}");
    }
    let mut later = market;
    later.prices.push((101 * HOUR_S, "WETH", PRICE * 1.2));
    later.until_s = 101 * HOUR_S;
    assert!(approx(feature(&later, "fall_from_high_24h"), 0.0), "a new high");
}

#[test]
fn price_updates_of_the_last_hour_are_counted() {
    assert!(approx(feature(&storm(), "oracle_updates_1h"), 3_f64.ln()), "two assets");
    assert_eq!(feature(&storm().until(100 * HOUR_S), "oracle_updates_1h"), 0.0);
}

#[test]
fn liquidations_count_for_an_hour_and_for_six() {
    let mut market = example();
    market.liquidations = vec![(20 * HOUR_S, 1, "WETH", "USDC")];
    let basis_points = (1e4 * 1e9 / (1e9 + 10_000.0_f64)).ln_1p();
    let at = |second: i64, name: &str| feature(&market.until(second), name);
    assert!(approx(at(21 * HOUR_S - 12, "log_liquidated_bps_1h"), basis_points));
    assert_eq!(at(21 * HOUR_S, "log_liquidated_bps_1h"), 0.0);
    assert!(approx(at(26 * HOUR_S - 12, "log_liquidated_bps_6h"), basis_points));
    assert_eq!(at(26 * HOUR_S, "log_liquidated_bps_6h"), 0.0);
}

#[test]
fn the_latest_base_fee_is_compared_with_the_weekly_median() {
    let name = "log_base_fee_now_over_median_168h";
    let mut market = example();
    assert!(feature(&market, name).is_nan(), "no blocks");
    market.fees = vec![(12, 20.0), (99 * HOUR_S, 60.0), (100 * HOUR_S + 12, 900.0)];
    assert!(approx(feature(&market, name), 3_f64.ln()));
    market.until_s = 100 * HOUR_S + 24;
    assert!(approx(feature(&market, name), 45_f64.ln()));
}

#[test]
fn depth_is_compared_with_its_weekly_mean() {
    let name = "log_depth_over_168h";
    let mut market = volatile_market();
    assert!(feature(&market, name).is_nan(), "no pool is known");
    market.liquidity = vec![(60, liquidity_of(100.0 * PRICE))];
    assert!(approx(feature(&market, name), 0.0));
    market.liquidity.push((99 * HOUR_S + 60, liquidity_of(900.0 * PRICE)));
    // Known from hour 1 to hour 100, tenfold at the last.
    let mean: f64 = (99.0 + 10.0) / 100.0;
    assert!((feature(&market, name) - (10.0 / mean).ln()).abs() < 1e-5);
    assert_eq!(feature(&example(), name), 0.0, "nothing volatile");
}
