//! Features of the liquidator's margin and of the state below the threshold, with values known by hand.

use plimsoll_lake::tables::parameter::LIQUIDATION_THRESHOLD;
use plimsoll_lake::tables::side;

use super::chain_market::{ChainMarket, HOUR_S, START_S};
use super::example::{DOLLAR, ETHER, PRICE, compute_features, example};
use super::groups::{liquidity_of, value};

/// 550,000 gas at 20 gwei and 2,000 dollars for an ether.
const GAS_USD: f64 = 22.0;
const MARGIN: &str = "log_liquidator_margin_over_gas";
const BLOCKED: &str = "liquidation_blocked_hours";

fn feature(market: &ChainMarket, name: &str) -> f64 {
    value(&compute_features(market, 1), name)
}

fn approx(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-5
}

#[test]
fn the_margin_is_the_bonus_on_half_the_debt_over_gas() {
    let market = example();
    assert!(approx(feature(&market, "log_liquidation_gas_cost_usd"), GAS_USD.ln()));
    assert!(approx(feature(&market, MARGIN), (5_000.0 * 0.05 / GAS_USD).ln()));
}

#[test]
fn the_base_fee_of_the_last_whole_hour_is_paid() {
    let mut market = example();
    market.fees = vec![(12, 20.0), (99 * HOUR_S, 60.0), (100 * HOUR_S + 12, 900.0)];
    market.until_s = 100 * HOUR_S + 24;
    assert!(approx(feature(&market, "log_liquidation_gas_cost_usd"), (3.0 * GAS_USD).ln()));
}

#[test]
fn the_protocol_keeps_its_share_of_the_bonus() {
    let mut market = example();
    market.parameters.push((0, "WETH", "liquidation_protocol_fee", 0.1));
    assert!(approx(feature(&market, MARGIN), (5_000.0 * 0.045 / GAS_USD).ln()));
}

#[test]
fn the_whole_debt_is_repaid_far_below_the_threshold() {
    let mut market = example();
    market.balances.push((2 * HOUR_S, 1, "USDC", side::DEBT, 8_000 * DOLLAR));
    // A health factor of .922.
    assert!(approx(feature(&market, MARGIN), (18_000.0 * 0.05 / GAS_USD).ln()));
    // And at the threshold half of it, on either side.
    let at = |dollars: i128| {
        let mut market = example();
        market.balances.push((2 * HOUR_S, 1, "USDC", side::DEBT, dollars * DOLLAR));
        feature(&market, MARGIN)
    };
    assert!((at(6_601) - at(6_599)).abs() < 2e-4);
    assert!(approx(at(6_601), (16_601.0 * 0.025 / GAS_USD).ln()));
}

#[test]
fn dust_has_a_finite_negative_margin() {
    let mut market = example();
    market.balances = vec![
        (HOUR_S, 1, "WETH", side::COLLATERAL, ETHER / 500),
        (HOUR_S, 1, "USDC", side::DEBT, 2 * DOLLAR),
    ];
    assert!(approx(feature(&market, MARGIN), (0.1 / GAS_USD).ln()));
    market.parameters.push((0, "WETH", "liquidation_protocol_fee", 1.0));
    assert!(approx(feature(&market, MARGIN), (1e-4 / GAS_USD).ln()), "no profit at all");
}

#[test]
fn slippage_lowers_the_margin() {
    let without = feature(&example(), MARGIN);
    let with_pool = |ether: f64| {
        let mut market = example();
        market.liquidity = vec![(60, liquidity_of(ether * PRICE))];
        feature(&market, MARGIN)
    };
    let (shallow, deep) = (with_pool(100.0), with_pool(1e6));
    assert!(shallow < deep && deep <= without);
    assert!(without - deep < 0.01);
    // In a constant product with y dollars, g q / (1 + g q / y) - q is largest at y (sqrt(g) - 1) / g.
    let (g, y) = (1.05_f64, 100.0 * PRICE);
    let q = (y * (g.sqrt() - 1.0) / g).min(5_000.0);
    let exact = g * q / (1.0 + g * q / y) - q;
    assert!((shallow - (exact / GAS_USD).ln()).abs() < 0.1, "{shallow} {exact}");
}

#[test]
fn a_paused_reserve_blocks_liquidation_without_a_known_end() {
    let mut market = example();
    assert_eq!(feature(&market, BLOCKED), 0.0);
    market.parameters.push((50 * HOUR_S, "USDC", "paused", 1.0));
    assert_eq!(feature(&market, BLOCKED), 720.0);
    assert_eq!(feature(&market.until(49 * HOUR_S), BLOCKED), 0.0, "it was not known");
    market.parameters.push((60 * HOUR_S, "USDC", "paused", 0.0));
    assert_eq!(feature(&market, BLOCKED), 0.0);
}

#[test]
fn a_grace_period_blocks_liquidation_until_it_ends() {
    let mut market = example();
    let until_s = (START_S + 103 * HOUR_S - 1) as f64;
    market.parameters.push((50 * HOUR_S, "WETH", "liquidation_grace_until_s", until_s));
    assert_eq!(feature(&market, BLOCKED), 3.0);
    // Another collateral can be seized meanwhile.
    market.balances.push((2 * HOUR_S, 1, "LINK", side::COLLATERAL, ETHER));
    market.prices.push((0, "LINK", 10.0));
    market.parameters.push((0, "LINK", LIQUIDATION_THRESHOLD, 0.5));
    let settings = market.settings.as_mut().expect("settings");
    settings.push((2 * HOUR_S, 1, "collateral", Some("LINK"), 1));
    assert_eq!(feature(&market, BLOCKED), 0.0);
}

#[test]
fn hours_below_the_threshold_start_at_the_last_healthy_hour() {
    let name = "hours_below_threshold";
    let mut market = example();
    assert_eq!(feature(&market, name), 0.0);
    market.prices.push((40 * HOUR_S + 1_800, "WETH", 1_000.0));
    assert_eq!(feature(&market, name), 60.0);
    assert_eq!(feature(&market.until(40 * HOUR_S + 2_700), name), 0.75);
    // A repayment that restores the health factor ends them.
    market.balances.push((50 * HOUR_S, 1, "USDC", side::DEBT, -5_000 * DOLLAR));
    assert_eq!(feature(&market, name), 0.0);
    market.prices.push((70 * HOUR_S + 60, "WETH", 500.0));
    assert_eq!(feature(&market, name), 30.0);
}
