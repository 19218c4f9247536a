//! How features move when the debts of a whole history, or its debts and collateral, are scaled.
//!
//! With all debts scaled down, at every landmark of both histories: ln HF and the lowest of it rise,
//! the hours below the threshold and the liquidator's margin fall or stay, and no crossing of the
//! present position comes earlier. With debts and collateral scaled up together, the margin rises or
//! stays, and ln HF and the hours below stay.

use std::collections::HashMap;

use plimsoll_features::{Observations, feature_index};
use plimsoll_lake::tables::kind;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use super::vault_market::VaultMarket;

/// Vaults whose owners borrow between hour 1 and 60, and add collateral or repay later.
fn markets() -> impl Strategy<Value = VaultMarket> {
    let returns = prop::collection::vec(-0.02..0.02_f64, 300);
    let loan = (2.0..20.0_f64, 0.4..0.8_f64, 1_i64..60);
    let later = (1_u8..5, 60_i64..299, 1.0..100.0_f64, any::<bool>());
    let parts = (returns, prop::collection::vec(loan, 4), prop::collection::vec(later, 0..8));
    parts.prop_map(|(returns, loans, later)| {
        let walk = returns.iter().scan(1_000.0, |price: &mut f64, step| {
            *price *= step.exp();
            Some(*price)
        });
        let mut events = Vec::new();
        for (vault, (ether, ltv, hour)) in (1..).zip(loans) {
            events.push((hour, vault, kind::DEPOSIT, ether));
            events.push((hour, vault, kind::BORROW, ether * 1_000.0 * ltv));
        }
        events.extend(later.into_iter().map(|(vault, hour, usd, repays)| {
            let (kind, amount) =
                if repays { (kind::REPAY, usd) } else { (kind::DEPOSIT, usd / 1_000.0) };
            (hour, vault, kind, amount)
        }));
        events.push((299, 1, kind::DEPOSIT, 0.001));
        VaultMarket { prices: walk.collect(), events, liquidations: Vec::new() }
    })
}

fn scaled(market: &VaultMarket, debts: f64, collateral: f64) -> VaultMarket {
    let mut market = market.clone();
    for (_, _, kind, amount) in &mut market.events {
        *amount *= if [kind::BORROW, kind::REPAY].contains(kind) { debts } else { collateral };
    }
    market
}

/// The rows of `a` and of `b` at the same landmarks.
fn pairs(a: &Observations, b: &Observations) -> Vec<(usize, usize)> {
    let key = |o: &Observations, row: usize| {
        (o.account_ids[o.account_index[row] as usize].clone(), o.time_s[row])
    };
    let rows: HashMap<_, _> = (0..b.len()).map(|row| (key(b, row), row)).collect();
    (0..a.len()).filter_map(|row| Some((row, *rows.get(&key(a, row))?))).collect()
}

fn value(observations: &Observations, row: usize, name: &str) -> f64 {
    f64::from(observations.features[[row, feature_index(name).expect("a feature")]])
}

const ROUNDING: f64 = 1e-5;

proptest! {
    #![proptest_config(Config { cases: 12, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() })]

    #[test]
    fn less_debt_is_safer_and_pays_liquidators_less(market in markets(), share in 0.5..1.0_f64) {
        let (more, less) = (market.observe(), scaled(&market, share, 1.0).observe());
        let pairs = pairs(&more, &less);
        prop_assert!(pairs.len() > 100);
        for (row, other) in pairs {
            let change =
                |name: &str| value(&less, other, name) - value(&more, row, name);
            for rises in ["log_health_factor", "lowest_log_health_since_action"] {
                prop_assert!(change(rises) >= -ROUNDING, "{} {}", rises, change(rises));
            }
            for falls in ["hours_below_threshold", "log_liquidator_margin_over_gas"] {
                prop_assert!(change(falls) <= ROUNDING, "{} {}", falls, change(falls));
            }
            let days = |o: &Observations, row: usize| o.crossing[row].present_days.unwrap_or(f64::INFINITY);
            prop_assert!(days(&less, other) >= days(&more, row));
        }
    }

    #[test]
    fn a_larger_account_pays_liquidators_no_less(market in markets(), factor in 1.0..50.0_f64) {
        let (small, large) = (market.observe(), scaled(&market, factor, factor).observe());
        let pairs = pairs(&small, &large);
        prop_assert!(pairs.len() > 100);
        for (row, other) in pairs {
            let change =
                |name: &str| value(&large, other, name) - value(&small, row, name);
            prop_assert!(change("log_liquidator_margin_over_gas") >= -ROUNDING);
            prop_assert!(change("log_liquidation_gas_cost_usd") == 0.0);
            prop_assert!(change("log_health_factor").abs() < ROUNDING);
        }
    }
}
