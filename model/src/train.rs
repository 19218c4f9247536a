//! Training: time-blocked folds choose how long and how to mix, then all members learn from all
//! that is known.

pub(crate) mod benchmark;
mod cause_losses;
mod cross_validation;
mod early_stopping;
mod folds;
mod initialisation;
pub(crate) mod options;
mod trainer;
mod training_set;

use chrono::{DateTime, Utc};
use plimsoll_features::{CLOSED, LIQUIDATED, Observations, Outcome};

use crate::error::ModelError;
use crate::forecast::manifest::Manifest;
use crate::forecast::manifest::{BaseIncidence, TrainingSummary};
use crate::forecast::model::Model;
use crate::forecast::parameters::{EnsembleParameters, medians};
use crate::input::grid::{INTERVALS, edges_days};
use crate::input::training_domain::TrainingDomain;
use cross_validation::CrossValidation;
use folds::time_blocked_folds;
use options::{MIN_LIQUIDATED, MIN_ROWS, MINIMUM_DATA, Progress, TrainOptions, net_config};
use plimsoll_metrics::AalenJohansen;
use trainer::Trainer;
use training_set::{Subset, TrainingSet};

const SECONDS_PER_DAY: f64 = 86_400.0;

/// Trains on what was known at `until`: rows before it, their outcomes cut off there.
///
/// # Errors
/// [`ModelError::TooFew`] if there is too little to learn from, [`ModelError::Diverged`] if the
/// loss is not finite.
pub fn train(
    observations: &Observations,
    until: DateTime<Utc>,
    options: &TrainOptions,
    mut watch: impl FnMut(Progress),
) -> Result<Model, ModelError> {
    let (rows, outcomes) = rows_known_at(observations, until)?;
    let (lesson, scaler) = TrainingSet::new(&rows, options);
    let folds = time_blocked_folds(&rows.time_s, &outcomes, options.folds);
    let total = (folds.len() + 1) * options.max_epochs();
    let mut done = 0;
    let mut step = |loss| {
        done += 1;
        watch(Progress { done, total, loss });
    };
    let mut held_out = CrossValidation::new(&rows, &outcomes, &lesson, options);
    for fold in folds {
        held_out.add_fold(fold, &mut step)?;
    }
    let (stop, validation_loss) = held_out.best_epochs();
    let (stacks, doubts) = held_out.fit_calibration(stop)?;
    let all = Subset { rows: (0..rows.len() as u32).collect(), outcomes };
    let thinned = all.subsample();
    let data = lesson.dataset(&thinned)?;
    let mut fit = Trainer::new(&net_config(options), &data, options)?;
    let mut training_loss = f64::NAN;
    let mut after_pass = Vec::new();
    // The schedule is that of all passes, so that stopping early means the same as in the folds.
    for epoch in 0..stop.liquidation.max(stop.closing) {
        training_loss = fit.run_epoch(&data, epoch)?;
        after_pass.push(fit.weights()?);
        step(training_loss);
    }
    let members = lesson.fit_members(&thinned, options.seed);
    let training = TrainingSummary {
        until,
        from: DateTime::from_timestamp(rows.time_s.iter().min().copied().unwrap_or(0), 0)
            .unwrap_or(until),
        rows: rows.len(),
        accounts: rows.account_index.chunk_by(|a, b| a == b).count(),
        liquidated: all.outcomes.iter().filter(|o| o.event == LIQUIDATED).count(),
        seed: options.seed,
        ablation: options.ablation,
        epochs: stop.liquidation,
        closing_epochs: stop.closing,
        validation_loss,
        training_loss,
    };
    let incidence = base_incidence(&rows, &all.outcomes);
    let manifest = Manifest::new(net_config(options), scaler, training, incidence);
    let range = TrainingDomain::fit(lesson.covariates.view());
    let reference = medians(rows.features.view());
    Model::new(
        manifest,
        stop.select_weights(&after_pass),
        EnsembleParameters {
            direct_members: members,
            stackers: stacks,
            intervals: doubts,
            domain: range,
            feature_medians: reference,
        },
    )
}

/// The rows before `until` and what was known of their outcomes then.
fn rows_known_at(
    observations: &Observations,
    until: DateTime<Utc>,
) -> Result<(Observations, Vec<Outcome>), ModelError> {
    let until_s = until.timestamp();
    let rows = observations.filter(|row| observations.time_s[row] < until_s);
    let known = |(outcome, time_s): (&Outcome, &i64)| {
        outcome.censored_after((until_s - time_s) as f64 / SECONDS_PER_DAY)
    };
    let outcomes: Vec<Outcome> = rows.outcome.iter().zip(&rows.time_s).map(known).collect();
    let liquidated = outcomes.iter().filter(|outcome| outcome.event == LIQUIDATED).count();
    if rows.len() < MIN_ROWS || liquidated < MIN_LIQUIDATED {
        let until = until.to_rfc3339();
        return Err(ModelError::InsufficientData {
            rows: rows.len(),
            liquidated,
            until,
            needed: MINIMUM_DATA,
        });
    }
    Ok((rows, outcomes))
}

/// The share of landmarks of the grid that were liquidated or closed by each edge: what a model
/// that knows nothing but the rates would say.
fn base_incidence(rows: &Observations, outcomes: &[Outcome]) -> BaseIncidence {
    let grid: Vec<usize> = (0..rows.len()).filter(|&row| rows.on_grid[row]).collect();
    let durations: Vec<f64> = grid.iter().map(|&row| outcomes[row].duration_days).collect();
    let causes: Vec<u8> = grid.iter().map(|&row| outcomes[row].event).collect();
    let estimate = AalenJohansen::fit(&durations, &causes);
    let edges = edges_days();
    let by_edge = |cause: u8| -> Vec<f64> {
        let at = |k: usize| {
            estimate.as_ref().map_or(0.0, |e| e.cumulative_incidence(cause, edges[k + 1]))
        };
        (0..INTERVALS).map(at).collect()
    };
    BaseIncidence { liquidated: by_edge(LIQUIDATED), closed: by_edge(CLOSED) }
}
