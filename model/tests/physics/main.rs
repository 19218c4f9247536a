//! What must hold for any forecast: probabilities fall as a position gets healthier, rise with time,
//! and are zero where nobody would liquidate.

mod population;

use ndarray::Array2;
use plimsoll_features::feature_count;
use plimsoll_lake::Horizon;
use plimsoll_model::{Forecasts, PositionState};
use population::{column, features, model};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn forecast(rows: &[Vec<f32>]) -> Forecasts {
    let all = Array2::from_shape_vec((rows.len(), feature_count()), rows.concat());
    model().forecast(all.expect("rows of features").view()).expect("forecasts")
}

fn row(seed: u64, health: f64, debt_usd: f32) -> Vec<f32> {
    features(&mut ChaCha8Rng::seed_from_u64(seed), health.ln() as f32, debt_usd)
}

/// The way in which a position gets healthier.
#[derive(Debug, Clone, Copy)]
enum Ray {
    /// All debts are scaled down, in the past too.
    LessDebt,
    /// Collateral is added, in the past too.
    MoreCollateral,
}

/// The features with ln HF higher by `step` at all times.
fn healthier(row: &[f32], ray: Ray, step: f32) -> Vec<f32> {
    let mut moved = row.to_vec();
    for name in [
        "log_health_factor",
        "log_health_factor_spot",
        "lowest_log_health_since_action",
        "lowest_log_health_since_opened",
    ] {
        moved[column(name)] += step;
    }
    match ray {
        Ray::LessDebt => {
            moved[column("log_debt_usd")] -= step;
            moved[column("log_liquidator_margin_over_gas")] -= step;
        }
        Ray::MoreCollateral => moved[column("log_collateral_usd")] += step,
    }
    if moved[column("log_health_factor")] >= 0.0 {
        moved[column("hours_below_threshold")] = 0.0;
    }
    moved
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn probabilities_never_rise_along_rays_of_better_health(
        seed in 0_u64..1_000_000,
        health in 0.85_f64..6.0,
        log_debt in 1.0_f32..6.5,
        less_debt: bool,
    ) {
        let from = row(seed, health, 10_f32.powf(log_debt));
        let ray = if less_debt { Ray::LessDebt } else { Ray::MoreCollateral };
        let steps = (0..40).map(|step| healthier(&from, ray, 0.02 * step as f32));
        let forecasts = forecast(&steps.collect::<Vec<_>>());
        for pair in 0..forecasts.len() - 1 {
            let curves = forecasts.liquidated.row(pair).into_iter().zip(forecasts.liquidated.row(pair + 1));
            for (edge, (near, far)) in curves.enumerate() {
                prop_assert!(far <= near, "step {pair}, edge {edge}: {near} rises to {far}");
            }
        }
    }

    #[test]
    fn curves_rise_add_up_to_at_most_one_and_lie_in_their_intervals(
        seed in 0_u64..1_000_000,
        health in 0.5_f64..40.0,
        log_debt in 0.0_f32..7.0,
    ) {
        let forecasts = forecast(&[row(seed, health, 10_f32.powf(log_debt))]);
        let (liquidated, closed) = (forecasts.liquidated.row(0), forecasts.closed.row(0));
        prop_assert!(liquidated.to_vec().is_sorted() && closed.to_vec().is_sorted());
        prop_assert!(liquidated.iter().zip(closed).all(|(a, b)| *a > 0.0 && a + b <= 1.0 + 1e-12));
        let intervals = forecasts.intervals.as_ref().expect("intervals");
        let (lower, upper) = (intervals.lower.row(0).to_vec(), intervals.upper.row(0).to_vec());
        prop_assert!(lower.is_sorted() && upper.is_sorted());
        for (i, p) in forecasts.p_liquidated(0).into_iter().enumerate() {
            prop_assert!(lower[i] <= p && p <= upper[i], "{} {p} {}", lower[i], upper[i]);
        }
    }
}

fn at(health: f64, debt_usd: f32) -> [f64; Horizon::COUNT] {
    forecast(&[row(3, health, debt_usd)]).p_liquidated(0)
}

#[test]
fn a_large_position_below_the_threshold_is_liquidated_within_hours_and_dust_is_not() {
    let [hour, .., month] = at(0.9, 20_000.0);
    assert!(hour > 0.6 && month > 0.95, "{hour} {month}");
    for health in [0.8, 0.9, 0.99, 1.01, 1.1] {
        let month = at(health, 5.0)[5];
        assert!(month < 0.02, "dust at {health}: {month}");
    }
}

#[test]
fn crossing_the_threshold_never_lowers_a_probability() {
    for debt in [1_000.0, 20_000.0, 1e6] {
        let (above, below) = (at(1.001, debt), at(0.999, debt));
        assert!(above.iter().zip(below).all(|(above, below)| *above <= below));
    }
}

#[test]
fn far_out_the_floor_of_owners_withdrawals_remains() {
    for health in [10.0, 32.0, 1e3] {
        let [_, _, day, _, _, month] = at(health, 20_000.0);
        assert!((1e-8..1e-3).contains(&day), "{health}: {day}");
        assert!((1e-6..1e-3).contains(&month), "{health}: {month}");
        assert!(day < month, "{health}: {day} {month}");
        let forecasts = forecast(&[row(3, health, 20_000.0)]);
        let upper = forecasts.intervals.expect("intervals").upper[[0, 5]];
        assert!(upper < 5e-3, "{health}: up to {upper}");
    }
}

#[test]
fn the_state_of_a_position_follows_its_health_and_the_hours_below() {
    let mut stuck = row(1, 0.9, 2e4);
    stuck[column("hours_below_threshold")] = 90.0;
    let rows = [row(1, 1.2, 2e4), row(1, 0.9, 2e4), stuck];
    let forecasts = forecast(&rows);
    let states = forecasts.states.as_ref().expect("states");
    assert_eq!(
        states.state,
        [PositionState::Open, PositionState::Liquidatable, PositionState::Stuck]
    );
    let month = |row: usize| forecasts.p_liquidated(row)[5];
    assert!(month(2) < month(1), "a position passed over for days: {} {}", month(2), month(1));
}

#[test]
fn nothing_is_liquidated_while_the_protocol_forbids_it() {
    let mut blocked = row(1, 0.9, 2e4);
    blocked[column("liquidation_blocked_hours")] = 7.0;
    let [hour, six_hours, day, ..] = forecast(&[blocked]).p_liquidated(0);
    assert_eq!((hour, six_hours), (0.0, 0.0));
    assert!(day > 0.5, "{day}");
}
