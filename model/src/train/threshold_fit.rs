//! Fitting what liquidators do below the threshold, and the floor far above it.

use std::collections::HashMap;

use plimsoll_features::{Observations, Outcome};

use super::threshold_crossings::{crossed_within_a_day, taken_within};
use super::training_set::TrainingSet;
use crate::forecast::far_tail::{FLOOR_FROM, FarTail};
use crate::forecast::threshold_model::ThresholdParameters;
use crate::input::covariate_index::covariate_index;
use crate::input::grid::{INTERVALS, edges_days};
use crate::input::outcomes::liquidated_within;
use crate::members::liquidatable::below_threshold::{BelowThreshold, TimeBelow};
use crate::members::liquidatable::monotone_response::{EVER_TAKEN_PRIOR, MonotoneResponse, Taken};
use crate::members::liquidatable::position_state::{PositionState, ThresholdColumns};
use crate::units::HOURS_PER_DAY;

/// Positions nearer to the threshold may have recovered within minutes.
const CLEARLY_BELOW: f64 = -0.02;
/// A position below the threshold that is not taken within so many days is not wanted.
const TAKEN_WITHIN_DAYS: f64 = 7.0;

/// Fits the parameters to all rows, and writes to the training set whether liquidators take each
/// row's position.
pub(super) fn fit_threshold(
    training_set: &mut TrainingSet,
    observations: &Observations,
    outcomes: &[Outcome],
) -> ThresholdParameters {
    let columns = ThresholdColumns::new();
    let covariates = |row: usize| {
        training_set.covariates.row(row).to_slice().expect("covariates are contiguous")
    };
    let margin = |row: usize| columns.margin(covariates(row));
    let in_state = |state: PositionState| {
        (0..outcomes.len()).filter(|&row| training_set.states[row] == state).collect::<Vec<_>>()
    };
    let (liquidatable, stuck) =
        (in_state(PositionState::Liquidatable), in_state(PositionState::Stuck));
    let clearly_below: Vec<usize> = liquidatable
        .iter()
        .copied()
        .filter(|&row| columns.log_health(covariates(row)) < CLEARLY_BELOW)
        .filter(|&row| outcomes[row].follow_up_days >= TAKEN_WITHIN_DAYS)
        .collect();
    let weights = account_weights(observations, &clearly_below);
    let taken = |(&row, &weight): (&usize, &f64)| Taken {
        margin: margin(row),
        is_taken: liquidated_within(&outcomes[row], TAKEN_WITHIN_DAYS),
        weight,
    };
    let positions: Vec<Taken> = clearly_below.iter().zip(&weights).map(taken).collect();
    let response = MonotoneResponse::fit(&positions, &EVER_TAKEN_PRIOR);
    let probabilities: Vec<f32> =
        (0..outcomes.len()).map(|row| response.probability(margin(row)) as f32).collect();
    let times = |rows: &[usize]| -> Vec<TimeBelow> {
        let time = |&row: &usize| {
            let horizon = edges_days()[INTERVALS].min(outcomes[row].follow_up_days);
            let is_liquidated = liquidated_within(&outcomes[row], horizon);
            let days = if is_liquidated { outcomes[row].duration_days } else { horizon };
            TimeBelow {
                hours_below: columns.hours_below(covariates(row)),
                hours: days * HOURS_PER_DAY,
                is_liquidated,
                weight: f64::from(probabilities[row]),
            }
        };
        rows.iter().map(time).collect()
    };
    let tail = fit_tail(training_set, observations, outcomes);
    let within = |days: f64| taken_within(days, observations, outcomes, margin);
    let (first_hours, first_days) = (within(1.0 / HOURS_PER_DAY), within(1.0));
    let at_once = first_hours.iter().filter(|position| position.is_taken).copied();
    let left_over =
        liquidatable.iter().map(|&row| Taken { margin: margin(row), is_taken: false, weight: 1.0 });
    let fresh: Vec<Taken> = at_once.chain(left_over).collect();
    let lower_log_health = covariate_index("lower_log_health");
    let nearness =
        |row: usize| BelowThreshold::nearness(f64::from(covariates(row)[lower_log_health]));
    let crossed = crossed_within_a_day(observations, outcomes, nearness);
    let below = BelowThreshold::fit([&first_hours, &first_days], &fresh, &crossed, &times(&stuck));
    training_set.taken = probabilities;
    ThresholdParameters { tail, response, below }
}

/// Weights with which all rows of an account count as one.
fn account_weights(observations: &Observations, rows: &[usize]) -> Vec<f64> {
    let mut counts: HashMap<u32, f64> = HashMap::new();
    rows.iter().for_each(|&row| *counts.entry(observations.account_index[row]).or_default() += 1.0);
    rows.iter().map(|&row| 1.0 / counts[&observations.account_index[row]]).collect()
}

fn fit_tail(
    training_set: &TrainingSet,
    observations: &Observations,
    outcomes: &[Outcome],
) -> FarTail {
    let horizon = edges_days()[INTERVALS];
    let log_health = training_set.covariates.column(covariate_index("lower_log_health"));
    let far: Vec<usize> = (0..outcomes.len())
        .filter(|&row| observations.on_grid[row] && f64::from(log_health[row]) >= FLOOR_FROM)
        .filter(|&row| outcomes[row].follow_up_days >= horizon)
        .collect();
    let liquidated = far.iter().filter(|&&row| liquidated_within(&outcomes[row], horizon)).count();
    FarTail::fit(far.len(), liquidated)
}
