//! What changed an account's features within a day.

use plimsoll_features::{ChangeSource, ChangeUnavailable};
use plimsoll_lake::tables::parameter::LIQUIDATION_THRESHOLD;
use plimsoll_lake::tables::side;

use super::chain_market::HOUR_S;
use super::example::{DOLLAR, ETHER, PRICE, example};

#[test]
fn each_source_moves_the_health_factor_as_in_the_closed_form() {
    let mut market = example();
    market.prices.push((90 * HOUR_S, "WETH", 0.9 * PRICE));
    market.parameters.push((91 * HOUR_S, "WETH", LIQUIDATION_THRESHOLD, 0.80));
    market.balances.push((92 * HOUR_S, 1, "USDC", side::DEBT, -1_000 * DOLLAR));
    market.indexes = vec![(93 * HOUR_S, "USDC", 1.0, 1.01, 0.0, 0.0)];
    let snapshot = market.snapshot();
    assert_eq!((snapshot.as_of() - snapshot.day_before()).num_hours(), 24);
    let rows = snapshot.compute_change_rows(&market.account(1)).expect("it was open");
    for (set, row) in rows.iter().enumerate() {
        let either = |source: ChangeSource, before: f64, now: f64| {
            if set & source.bit() == 0 { before } else { now }
        };
        let price = either(ChangeSource::Prices, PRICE, 0.9 * PRICE);
        let threshold = either(ChangeSource::Parameters, 0.83, 0.80);
        let debt = either(ChangeSource::Balances, 10_000.0, 9_000.0);
        let index = either(ChangeSource::Interest, 1.0, 1.01);
        let health = 10.0 * price * threshold / (debt * index);
        assert!((row.health_factor / health - 1.0).abs() < 1e-12, "{set}");
    }
}

#[test]
fn an_account_that_was_not_open_has_no_change() {
    let mut market = example();
    market.balances.extend([
        (90 * HOUR_S, 2, "WETH", side::COLLATERAL, 10 * ETHER),
        (90 * HOUR_S, 2, "USDC", side::DEBT, 1_000 * DOLLAR),
        (90 * HOUR_S, 1, "USDC", side::DEBT, -10_000 * DOLLAR),
    ]);
    let mut settings = market.settings.take().expect("settings");
    let enabled = settings.iter().map(|row| (90 * HOUR_S, 2, row.2, row.3, row.4));
    let enabled: Vec<_> = enabled.collect();
    settings.extend(enabled);
    market.settings = Some(settings);
    let snapshot = market.snapshot();
    let change = |account: u8| snapshot.compute_change_rows(&market.account(account));
    assert_eq!(change(1), Err(ChangeUnavailable::NotOpenNow));
    assert_eq!(change(2), Err(ChangeUnavailable::NotOpenBefore));
    assert_eq!(change(3), Err(ChangeUnavailable::NotOpenNow));
}
