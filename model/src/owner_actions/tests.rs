//! Fitted models of owners' actions on simulated owners with known rates.

use chrono::{DateTime, Utc};
use ndarray::Array2;
use plimsoll_features::{
    Observations, OwnerActionCount, OwnerActionCounts, feature_count, feature_index,
};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::fit::fit_owner_actions;
use super::kind::OwnerActionKind;
use super::model::OwnerActions;
use crate::units::DAY_S;

const ROWS: usize = 12_000;
const HOURS: f64 = 12.0;

fn until() -> DateTime<Utc> {
    DateTime::from_timestamp(400 * DAY_S, 0).expect("a time")
}

fn column(name: &str) -> usize {
    feature_index(name).expect("a feature")
}

/// The true rates per day: owners rescue near the threshold, and draw on their accounts far from it.
fn true_rates(log_health: f64) -> [f64; 4] {
    let near = (-log_health / 0.15).exp();
    let far = 0.6 * log_health.clamp(0.0, 1.0);
    [0.05 + near, 0.02 + 0.7 * near, far, 0.01 + 0.5 * far]
}

fn features(rng: &mut ChaCha8Rng, log_health: f64) -> Vec<f32> {
    let mut row: Vec<f32> = (0..feature_count()).map(|_| rng.random_range(0.0..1.0)).collect();
    row[column("log_health_factor")] = log_health as f32;
    row[column("log_health_factor_spot")] = log_health as f32;
    row[column("log_debt_usd")] = rng.random_range(5.0..12.0);
    row[column("hours_since_action")] = rng.random_range(0.0..300.0);
    row
}

/// The size is lognormal around a tenth, and one repayment in four closes.
fn action(rng: &mut ChaCha8Rng, rate: f64, closing_share: f64) -> OwnerActionCount {
    let acts = rng.random::<f64>() < 1.0 - (-rate * HOURS / 24.0).exp();
    if !acts {
        return OwnerActionCount::default();
    }
    let normal: f64 = (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
    let partial = (-2.3 + 0.8 * normal).exp().min(2.0);
    let log_health = if rng.random::<f64>() < closing_share { 3.0 } else { partial };
    OwnerActionCount { count: 1, log_health }
}

fn observations() -> Observations {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut all = Observations::default();
    let mut values = Vec::new();
    for row in 0..ROWS {
        let log_health = rng.random_range(-0.05..1.4);
        values.extend(features(&mut rng, log_health));
        all.account_index.push((row % 500) as u32);
        all.time_s.push((row * 401 / ROWS) as i64 * DAY_S);
        let [repay, add, borrow, withdraw] = true_rates(log_health);
        all.owner_actions.push(OwnerActionCounts {
            exposure_hours: HOURS,
            repaid: action(&mut rng, repay, 0.25),
            added: action(&mut rng, add, 0.0),
            borrowed: action(&mut rng, borrow, 0.0),
            withdrawn: action(&mut rng, withdraw, 0.0),
        });
    }
    all.features = Array2::from_shape_vec((ROWS, feature_count()), values).expect("full rows");
    all
}

fn fitted() -> OwnerActions {
    fit_owner_actions(&observations(), until()).expect("labels of actions")
}

/// Mean rates of many owners at one ln HF, by kind.
fn mean_rates(actions: &OwnerActions, log_health: f64) -> [f64; 4] {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut sums = [0.0; 4];
    for _ in 0..200 {
        let row = features(&mut rng, log_health);
        let rates = actions.rates_per_day(ndarray::aview1(&row));
        for kind in OwnerActionKind::ALL {
            sums[kind.index()] += rates.get(kind) / 200.0;
        }
    }
    sums
}

#[test]
fn true_rates_are_recovered_at_every_health() {
    let actions = fitted();
    for log_health in [0.01, 0.1, 0.3, 0.7, 1.2] {
        let truth = true_rates(log_health);
        for (kind, rate) in OwnerActionKind::ALL.into_iter().zip(mean_rates(&actions, log_health)) {
            let truth = truth[kind.index()];
            // At most one action in twelve hours is counted.
            let counted = (1.0 - (-truth * HOURS / 24.0).exp()) / (HOURS / 24.0);
            let error = (rate - counted).abs();
            assert!(
                error < 0.25 * counted + 0.02,
                "{kind:?} at {log_health}: {rate} for {counted}"
            );
        }
    }
}

#[test]
fn held_out_actions_are_as_many_as_expected_and_better_ranked_than_by_a_constant() {
    let actions = fitted();
    for kind in OwnerActionKind::ALL {
        let scores = actions.held_out(kind).expect("enough actions");
        assert!((scores.observed / scores.expected - 1.0).abs() < 0.06, "{kind:?}: {scores:?}");
        assert!(scores.skill() > 0.02, "{kind:?}: {scores:?}");
    }
}

#[test]
fn closings_and_other_sizes_are_recovered() {
    let actions = fitted();
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let row = features(&mut rng, 0.1);
    let repaid = actions.sizes(OwnerActionKind::Repay, ndarray::aview1(&row));
    assert!((repaid.closing_share - 0.25).abs() < 0.12, "{repaid:?}");
    assert!((repaid.log_mean + 2.3).abs() < 0.3 && (repaid.log_deviation - 0.8).abs() < 0.15);
    let added = actions.sizes(OwnerActionKind::AddCollateral, ndarray::aview1(&row));
    assert!(added.closing_share < 0.01 && added.mean() < 0.4, "{added:?}");
}

#[test]
fn actions_after_the_training_span_change_nothing() {
    let plain = observations();
    let mut other = plain.clone();
    for row in 0..other.len() {
        if plain.time_s[row] + (HOURS * 3_600.0) as i64 > until().timestamp() {
            other.owner_actions[row].borrowed = OwnerActionCount { count: 40, log_health: 9.0 };
            other.features.row_mut(row).fill(5.0);
        }
    }
    assert_ne!(plain.owner_actions, other.owner_actions);
    assert_eq!(fit_owner_actions(&plain, until()), fit_owner_actions(&other, until()));
    let half = DateTime::from_timestamp(200 * DAY_S, 0).expect("a time");
    assert_ne!(fit_owner_actions(&plain, until()), fit_owner_actions(&plain, half));
}

#[test]
fn rows_without_labels_make_no_model() {
    let mut rows = observations();
    rows.owner_actions.clear();
    assert_eq!(fit_owner_actions(&rows, until()), None);
}

#[test]
fn unknown_features_count_as_typical() {
    let row = vec![f32::NAN; feature_count()];
    let actions = fitted();
    for kind in OwnerActionKind::ALL {
        let rate = actions.rates_per_day(ndarray::aview1(&row)).get(kind);
        assert!((0.0..2.0).contains(&rate), "{kind:?}: {rate}");
        assert!(actions.sizes(kind, ndarray::aview1(&row)).mean().is_finite());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rescues_never_become_rarer_as_health_falls(seed in 0_u64..1_000, health in -0.4_f64..1.6) {
        static FITTED: std::sync::OnceLock<OwnerActions> = std::sync::OnceLock::new();
        let actions = FITTED.get_or_init(fitted);
        let rates = |log_health: f64| {
            let row = features(&mut ChaCha8Rng::seed_from_u64(seed), log_health);
            actions.rates_per_day(ndarray::aview1(&row))
        };
        let (lower, higher) = (rates(health - 0.1), rates(health));
        prop_assert!(lower.repay >= higher.repay * (1.0 - 1e-9));
        prop_assert!(lower.add_collateral >= higher.add_collateral * (1.0 - 1e-9));
        for kind in OwnerActionKind::ALL {
            prop_assert!(lower.get(kind) > 0.0 && lower.get(kind) <= 48.0);
        }
        if health <= 0.0 {
            prop_assert!(lower.borrow <= higher.borrow * (1.0 + 1e-9));
        }
    }
}
