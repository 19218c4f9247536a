//! Landmarks, and how accounts end.

use plimsoll_features::{CLOSED, LIQUIDATED, OPEN, Observations};
use plimsoll_lake::tables::parameter::LIQUIDATION_THRESHOLD;
use plimsoll_lake::tables::{kind, setting, side};

use super::chain_market::{HOUR_S, START_S, time};
use super::example::{DOLLAR, ETHER, compute_features, example};

/// The seconds after the start at which an account was observed, and whether on the grid.
pub(crate) fn landmarks(observations: &Observations, name: &str) -> Vec<(i64, bool)> {
    (0..observations.len())
        .filter(|&row| observations.account_ids[observations.account_index[row] as usize] == name)
        .map(|row| (observations.time_s[row] - START_S, observations.on_grid[row]))
        .collect()
}

#[test]
fn a_transfer_is_an_action_of_the_sender() {
    let mut market = example();
    market.balances.extend([
        (2 * HOUR_S, 2, "WETH", side::COLLATERAL, 10 * ETHER),
        (2 * HOUR_S, 2, "USDC", side::DEBT, 5_000 * DOLLAR),
        (30 * HOUR_S + 600, 1, "WETH", side::COLLATERAL, -ETHER),
        (30 * HOUR_S + 600, 2, "WETH", side::COLLATERAL, ETHER),
    ]);
    let settings = market.settings.as_mut().expect("settings");
    settings.push((2 * HOUR_S, 2, setting::COLLATERAL, Some("WETH"), 1));
    let observations = market.observe().expect("observations");
    let at = (30 * HOUR_S + 600, false);
    assert!(landmarks(&observations, &market.account(1)).contains(&at));
    assert!(!landmarks(&observations, &market.account(2)).contains(&at));
    assert_eq!(compute_features(&market, 1).collateral_usd, 18_000.0);
    assert_eq!(compute_features(&market, 2).collateral_usd, 22_000.0);
}

#[test]
fn a_late_listing_does_not_delay_other_accounts() {
    let mut market = example();
    market.parameters.push((50 * HOUR_S, "LINK", LIQUIDATION_THRESHOLD, 0.5));
    market.prices.push((50 * HOUR_S + 24, "LINK", 10.0));
    market.balances.extend([
        (20 * HOUR_S, 2, "LINK", side::COLLATERAL, 100 * ETHER),
        (20 * HOUR_S, 2, "USDC", side::DEBT, 100 * DOLLAR),
    ]);
    let settings = market.settings.as_mut().expect("settings");
    settings.push((20 * HOUR_S, 2, setting::COLLATERAL, Some("LINK"), 1));
    let observations = market.observe().expect("observations");
    assert_eq!(landmarks(&observations, &market.account(1))[0], (HOUR_S, false));
    assert_eq!(landmarks(&observations, &market.account(2))[0], (52 * HOUR_S, true));
    // Before the listing the asset has no data, and the market is read all the same.
    assert_eq!(compute_features(&market.until(40 * HOUR_S), 1).debt_usd, 10_000.0);
}

#[test]
fn known_until_is_the_end_of_the_chain_data() {
    let market = example();
    assert_eq!(market.snapshot().as_of(), time(market.until_s));
    let observations = market.observe().expect("observations");
    assert_eq!(observations.known_until(), time(market.until_s));
    assert_eq!(landmarks(&observations, &market.account(1)).last(), Some(&(96 * HOUR_S, true)));
}

#[test]
fn each_account_is_followed_to_its_end() {
    let mut market = example();
    for account in [2, 3] {
        market.balances.extend([
            (2 * HOUR_S, account, "WETH", side::COLLATERAL, 10 * ETHER),
            (2 * HOUR_S, account, "USDC", side::DEBT, 10_000 * DOLLAR),
            (60 * HOUR_S, account, "USDC", side::DEBT, -10_000 * DOLLAR),
        ]);
        let settings = market.settings.as_mut().expect("settings");
        settings.push((2 * HOUR_S, account, setting::COLLATERAL, Some("WETH"), 1));
    }
    market.balances.push((60 * HOUR_S, 2, "WETH", side::COLLATERAL, -6 * ETHER));
    market.liquidations = vec![(60 * HOUR_S, 2, "WETH", "USDC")];
    market.events.push((60 * HOUR_S, 3, kind::REPAY, "USDC"));
    let observations = market.observe().expect("observations");
    for row in 0..observations.len() {
        let account = observations.account_index[row];
        let (event, end_s) = [(OPEN, 100), (LIQUIDATED, 60), (CLOSED, 60)][account as usize];
        let days = (START_S + end_s * HOUR_S - observations.time_s[row]) as f64 / 86_400.0;
        let outcome = observations.outcome[row];
        assert!((outcome.duration_days - days).abs() < 1e-9 && outcome.event == event);
    }
    assert_eq!(observations.account_ids.len(), 3);
}
