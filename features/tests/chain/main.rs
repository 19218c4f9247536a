//! Markets with exact balance changes, as `ingest rpc` reads them from a chain.

mod chain_market;
mod day_before;
mod example;
mod future;
mod groups;
mod identity;
mod lake;
mod landmarks;
mod liquidation;
mod storm;

use chain_market::{ChainMarket, HOUR_S};
use example::{DOLLAR, ETHER, PRICE, compute_features, example, state};
use landmarks::landmarks;
use plimsoll_features::{AccountFeatures, FeatureError, feature_index};
use plimsoll_lake::tables::parameter::{LIQUIDATION_BONUS, LIQUIDATION_THRESHOLD, MAX_LTV};
use plimsoll_lake::tables::{setting, side};
use plimsoll_lending::CloseFactorRule;

const YEAR_S: f64 = 31_536_000.0;

/// Aave's `MathUtils.calculateCompoundedInterest`: three terms of the binomial series.
fn compounded(rate: f64, elapsed_s: f64) -> f64 {
    let (n, x) = (elapsed_s, rate / YEAR_S);
    1.0 + n * x + n * (n - 1.0) / 2.0 * x.powi(2) + n * (n - 1.0) * (n - 2.0) / 6.0 * x.powi(3)
}

#[test]
fn balances_are_the_exact_sums_of_their_changes() {
    let mut market = example();
    let much = 123_456_789 * ETHER;
    market.balances.extend([
        (2 * HOUR_S, 1, "WETH", side::COLLATERAL, much + 1),
        (3 * HOUR_S, 1, "WETH", side::COLLATERAL, -much),
        (3 * HOUR_S, 1, "WETH", side::COLLATERAL, -10 * ETHER),
        // One unit of debt is a debt, however large it was before.
        (3 * HOUR_S, 1, "USDC", side::DEBT, -10_000 * DOLLAR + 1),
        (3 * HOUR_S, 2, "WETH", side::COLLATERAL, ETHER),
        (4 * HOUR_S, 2, "WETH", side::COLLATERAL, -ETHER),
    ]);
    let snapshot = market.snapshot();
    let (first, second) = (state(&snapshot, 1), state(&snapshot, 2));
    assert_eq!(first.scaled_collateral, [0.0, 0.0, 1e-18]);
    assert_eq!(first.scaled_debt, [0.0, 1e-6, 0.0]);
    assert_eq!(second.scaled_collateral, [0.0; 3]);
}

#[test]
fn events_identify_the_actor_and_move_no_balance() {
    // Each event and liquidation of a market has a billion tokens.
    let mut market = example();
    market.liquidations = vec![(50 * HOUR_S, 1, "WETH", "USDC")];
    let features = compute_features(&market, 1);
    assert_eq!((features.collateral_usd, features.debt_usd), (20_000.0, 10_000.0));
    assert_eq!(features.features[feature_index("actions").expect("a feature")], 1.0);
    assert_eq!(features.features[feature_index("liquidations").expect("a feature")], 1.0);
}

#[test]
fn interest_accrues_on_both_sides_from_the_last_known_index() {
    let mut market = example();
    market.indexes = vec![
        (HOUR_S, "WETH", 1.01, 1.0, 0.02, 0.0),
        (40 * HOUR_S, "WETH", 1.02, 1.0, 0.03, 0.0),
        (40 * HOUR_S, "USDC", 1.0, 1.05, 0.0, 0.06),
    ];
    let elapsed_s = (60 * HOUR_S) as f64;
    let collateral_usd = 10.0 * 1.02 * (1.0 + 0.03 * elapsed_s / YEAR_S) * PRICE;
    let debt_usd = 10_000.0 * 1.05 * compounded(0.06, elapsed_s);
    let features = compute_features(&market, 1);
    assert!((features.collateral_usd / collateral_usd - 1.0).abs() < 1e-14);
    assert!((features.debt_usd / debt_usd - 1.0).abs() < 1e-13);
    assert!((features.health_factor / (0.83 * collateral_usd / debt_usd) - 1.0).abs() < 1e-13);
    let rate = features.features[feature_index("borrow_rate").expect("a feature")];
    assert!((f64::from(rate) - 0.06_f64.exp_m1()).abs() < 1e-7, "the effective rate");
}

#[test]
fn disabled_collateral_is_owned_and_secures_nothing() {
    let mut market = example();
    market.parameters.push((0, "LINK", LIQUIDATION_THRESHOLD, 0.5));
    market.prices.push((0, "LINK", 10.0));
    market.balances.push((2 * HOUR_S, 1, "LINK", side::COLLATERAL, 100 * ETHER));
    let mut settings = market.settings.take().expect("settings");
    settings.push((2 * HOUR_S, 1, setting::COLLATERAL, Some("LINK"), 1));
    market.settings = Some(settings.clone());
    let on = compute_features(&market, 1);
    settings.push((30 * HOUR_S, 1, setting::COLLATERAL, Some("LINK"), 0));
    market.settings = Some(settings);
    let off = compute_features(&market, 1);
    assert!((on.health_factor - (0.83 * 20_000.0 + 0.5 * 1_000.0) / 10_000.0).abs() < 1e-12);
    assert!((off.health_factor - 0.83 * 20_000.0 / 10_000.0).abs() < 1e-12);
    assert_eq!((off.collateral_usd, off.debt_usd), (on.collateral_usd, on.debt_usd));
    let observations = market.observe().expect("observations");
    let acted = landmarks(&observations, &market.account(1));
    assert!(acted.contains(&(30 * HOUR_S, false)), "disabling it is an action");
    assert!(!acted.contains(&(2 * HOUR_S, false)), "receiving, which enables it, is not");
}

#[test]
fn an_account_without_enabled_collateral_is_not_open() {
    let mut market = example();
    market.settings = Some(vec![]);
    assert!(matches!(market.observe(), Err(FeatureError::NoOpenAccount { .. })));
}

#[test]
fn an_efficiency_mode_overrides_the_parameters_of_its_members() {
    let memberships = [("emode_category", 1.0), ("emode_1_collateral", 1.0)];
    for (membership, value) in memberships {
        let mut market = example();
        market.parameters.extend([
            (0, "emode-1", LIQUIDATION_THRESHOLD, 0.95),
            (0, "emode-1", MAX_LTV, 0.93),
            (0, "emode-1", LIQUIDATION_BONUS, 0.01),
            (20 * HOUR_S, "WETH", membership, value),
        ]);
        let settings = market.settings.as_mut().expect("settings");
        settings.push((10 * HOUR_S, 1, setting::EMODE, None, 1));
        assert!(
            (compute_features(&market.until(15 * HOUR_S), 1).health_factor - 1.66).abs() < 1e-12
        );
        assert!((compute_features(&market, 1).health_factor - 1.90).abs() < 1e-12, "{membership}");
        let snapshot = market.snapshot();
        let (market, time_s) = (snapshot.market(), snapshot.as_of().timestamp());
        let reserves = state(&snapshot, 1).effective_reserves(market, time_s);
        assert_eq!((reserves[2].max_ltv, reserves[2].liquidation_bonus), (0.93, 0.01));
        assert_eq!(market.reserves(time_s)[2].liquidation_threshold, 0.83);
        assert_eq!(reserves[2].close_factor, CloseFactorRule::default());
    }
}

#[test]
fn shares_of_an_isolated_market_are_valued_by_their_index() {
    let market = ChainMarket {
        protocol: "morpho-blue",
        assets: vec![("USDC", 6, true), ("WETH", 18, false)],
        prices: vec![(0, "WETH", PRICE)],
        balances: vec![
            (HOUR_S, 1, "WETH", side::COLLATERAL, 10 * ETHER),
            // A share is a millionth of the smallest unit at first.
            (HOUR_S, 1, "USDC", side::DEBT, 10_000 * DOLLAR * 1_000_000),
            (HOUR_S, 2, "USDC", side::SUPPLY, 90_000 * DOLLAR * 1_000_000),
        ],
        settings: None,
        indexes: vec![(2 * HOUR_S, "USDC", 1.01e-6, 1.04e-6, 0.02, 0.05)],
        parameters: vec![(0, "WETH", LIQUIDATION_THRESHOLD, 0.86), (0, "WETH", MAX_LTV, 0.86)],
        ..example()
    };
    let features = compute_features(&market, 1);
    let debt_usd = 10_400.0 * compounded(0.05, (98 * HOUR_S) as f64);
    assert!((features.debt_usd / debt_usd - 1.0).abs() < 1e-13);
    assert!((features.health_factor / (0.86 * 20_000.0 / debt_usd) - 1.0).abs() < 1e-13);
    let snapshot = market.snapshot();
    assert!(!snapshot.states().contains_key(&market.account(2)), "a lender is not a borrower");
    assert_eq!(snapshot.market().reserves(0)[0].close_factor, CloseFactorRule::Full);
}

#[test]
fn a_newly_opened_position_has_the_given_balances() {
    let mut market = example();
    market.indexes =
        vec![(HOUR_S, "WETH", 1.5, 1.0, 0.02, 0.0), (HOUR_S, "USDC", 1.0, 1.25, 0.0, 0.06)];
    let snapshot = market.snapshot();
    let opened = snapshot.newly_opened(vec![0.0, 0.0, 3.0], vec![0.0, 1_500.0, 0.0]);
    let features = snapshot.compute_features(&opened).expect("an open account");
    assert!((features.collateral_usd - 6_000.0).abs() < 1e-9);
    assert!((features.debt_usd - 1_500.0).abs() < 1e-9);
    let dwell = features.features[feature_index("health_dwell").expect("a feature")];
    assert_eq!(dwell, 0.0, "no hour is recorded");
}

#[test]
fn a_returning_owner_keeps_the_health_history() {
    let mut market = example();
    market.balances.push((60 * HOUR_S, 1, "USDC", side::DEBT, -10_000 * DOLLAR));
    market.balances.push((90 * HOUR_S, 1, "USDC", side::DEBT, 10_000 * DOLLAR));
    let dwell = |account: &AccountFeatures| {
        account.features[feature_index("health_dwell").expect("a feature")]
    };
    // ln 1.66 is .0032 from the nearest hundredth.
    let (now, bin) = (1.66_f64.ln(), 0.51);
    let near = (-0.5 * ((bin - now) / (0.01 + 0.07 * now)).powi(2)).exp();
    let expected = |hours: f64| (hours * near).ln_1p();
    assert!((f64::from(dwell(&compute_features(&market, 1))) - expected(69.0)).abs() < 1e-5);
    let snapshot = market.until(80 * HOUR_S).snapshot();
    let opened = || snapshot.newly_opened(vec![0.0, 0.0, 10.0], vec![0.0, 10_000.0, 0.0]);
    let stranger = snapshot.compute_features(&opened()).expect("an open account");
    let known = snapshot
        .compute_features(&opened().with_owner_history(state(&snapshot, 1)))
        .expect("an open account");
    assert_eq!(dwell(&stranger), 0.0);
    assert!((f64::from(dwell(&known)) - expected(59.0)).abs() < 1e-5);
}

#[test]
fn a_price_step_between_blocks_is_a_range() {
    let mut market = example();
    market.prices.extend((6..=100).map(|hour| {
        (hour * HOUR_S - 60, "WETH", if hour % 2 == 0 { PRICE } else { PRICE * 1.01 })
    }));
    let features = compute_features(&market, 1);
    let parkinson = features.features[feature_index("parkinson_24h").expect("a feature")];
    let hourly = 1.01_f64.ln() / (4.0 * std::f64::consts::LN_2).sqrt() * 8_760_f64.sqrt();
    assert!((f64::from(parkinson) / hourly - 1.0).abs() < 1e-5, "{parkinson} {hourly}");
}
