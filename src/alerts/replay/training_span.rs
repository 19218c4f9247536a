//! Forecasts of the training span by models that had not seen what they forecast.

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use plimsoll_features::Observations;
use plimsoll_model::{
    BacktestPlan, FoldSchedule, ModelError, TimeRange, TrainOptions, TrainingSummary, WalkForward,
    walk_forward,
};

use super::landmarks::ReplayLandmarks;
use crate::progress;

/// Forecasts the training span of a model by models of its earlier parts: each is trained on what
/// was known at the start of a part and forecasts that part. Nothing after the training span is
/// used.
///
/// The span is divided into `folds + 1` parts of equal length; parts before which too little is known
/// for training are left out.
pub(super) fn forecast_training_span(
    observations: &Observations,
    training: &TrainingSummary,
    folds: u32,
) -> anyhow::Result<ReplayLandmarks> {
    let mut starts = fold_starts(training.from, training.until, folds);
    let options = TrainOptions { seed: training.seed, ..Default::default() };
    loop {
        match run(observations, &starts, training.until, options) {
            Err(ModelError::FoldTooEarly { .. }) if starts.len() > 1 => starts.remove(0),
            done => {
                let walk = done.context("forecasting the training span, to choose levels")?;
                let forecasts = walk.forecasts().clone();
                return Ok(ReplayLandmarks::new(walk.rows().clone(), forecasts));
            }
        };
    }
}

/// The inner boundaries of `folds + 1` equal parts of a span.
fn fold_starts(from: DateTime<Utc>, until: DateTime<Utc>, folds: u32) -> Vec<DateTime<Utc>> {
    let part_s = (until - from).num_seconds() / i64::from(folds + 1);
    (1..=i64::from(folds)).map(|fold| from + TimeDelta::seconds(fold * part_s)).collect()
}

fn run(
    observations: &Observations,
    starts: &[DateTime<Utc>],
    until: DateTime<Utc>,
    train: TrainOptions,
) -> Result<WalkForward, ModelError> {
    let plan = BacktestPlan {
        folds: FoldSchedule::At(starts.to_vec()),
        span: TimeRange { from: None, to: Some(until) },
        train,
        ..Default::default()
    };
    let bar = progress::bar("levels", 0);
    let walk = walk_forward(observations, &plan, |step| {
        let total = step.training.total as u64;
        bar.set_length(step.folds as u64 * total);
        bar.set_position(step.fold as u64 * total + step.training.done as u64);
        bar.set_message(format!("trained until {}", step.until.format("%F")));
    });
    bar.finish_and_clear();
    walk
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_start_at_the_inner_boundaries_of_equal_parts() {
        let day = |day: i64| DateTime::UNIX_EPOCH + TimeDelta::days(day);
        assert_eq!(fold_starts(day(0), day(40), 3), [day(10), day(20), day(30)]);
        assert_eq!(fold_starts(day(0), day(40), 1), [day(20)]);
    }
}
