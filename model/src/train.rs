//! Training: time-blocked folds choose how long, then one net learns from all that is known.

use chrono::{DateTime, Utc};
use plimsoll_features::{CLOSED, LIQUIDATED, Observations, Outcome};

use crate::dataset::Dataset;
use crate::folds::{Fold, folds};
use crate::grid::{INTERVALS, edges_days};
use crate::inputs::{INPUTS, prepare, select};
use crate::manifest::{Incidence, Training};
use crate::metrics::AalenJohansen;
use crate::net::NetConfig;
use crate::optimise::Fit;
use crate::scaler::Scaler;
use crate::{Model, ModelError};

/// Fewer rows than this are no training set.
pub(crate) const FEWEST_ROWS: usize = 1_000;
/// Fewer rows with a liquidation ahead than this teach nothing about it.
pub(crate) const FEWEST_LIQUIDATED: usize = 20;
/// Both in words.
pub(crate) const NEEDED: &str = "1,000 observations, 20 of them with a liquidation ahead";
const SECONDS_PER_DAY: f64 = 86_400.0;

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainOptions {
    /// Seed of everything random.
    pub seed: u64,
    /// Width of the hidden layers.
    pub hidden: usize,
    /// Most passes over the rows.
    pub epochs: usize,
    /// Rows in a step.
    pub batch: usize,
    /// Greatest learning rate.
    pub learning_rate: f64,
    /// AdamW's weight decay. A weight that the data pushes one way all the time settles at its
    /// inverse, so this bounds how far the net may stray from first passage.
    pub weight_decay: f64,
    /// Blocks of time that are held out in turn to choose the number of passes.
    pub folds: usize,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            hidden: 32,
            epochs: 4,
            batch: 2_048,
            learning_rate: 5e-4,
            weight_decay: 3.0,
            folds: 4,
        }
    }
}

/// How training goes, for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Passes done, over all folds and the last fit.
    pub done: usize,
    /// Passes that there are at most.
    pub total: usize,
    /// Mean loss of a row in the pass just done, nats.
    pub loss: f64,
}

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
    let (rows, outcomes) = known_at(observations, until)?;
    let scaler = Scaler::fit(select(rows.features.view()).view());
    let (scaled, anchor) = prepare(&scaler, rows.features.view());
    let all = Dataset::new(scaled.view(), anchor.view(), &outcomes)?;
    let config = NetConfig { features: INPUTS.len(), hidden: options.hidden };
    let folds = folds(&rows.time_s, &outcomes, options.folds);
    let total = (folds.len() + 1) * options.epochs;
    let mut done = 0;
    let mut step = |loss| {
        done += 1;
        watch(Progress { done, total, loss });
    };
    let held_out = folds
        .iter()
        .map(|fold| validate(&config, &all, fold, options, &mut step))
        .collect::<Result<Vec<_>, _>>()?;
    let (epochs, validation_loss) = best_epoch(&held_out, options.epochs);
    let mut fit = Fit::new(&config, &all, options)?;
    let mut training_loss = f64::NAN;
    // The schedule is that of all passes, so that stopping early means the same as in the folds.
    for epoch in 0..epochs {
        training_loss = fit.epoch(&all, epoch)?;
        step(training_loss);
    }
    let training = Training {
        until,
        from: DateTime::from_timestamp(rows.time_s.iter().min().copied().unwrap_or(0), 0)
            .unwrap_or(until),
        rows: rows.len(),
        accounts: rows.account.chunk_by(|a, b| a == b).count(),
        liquidated: outcomes.iter().filter(|o| o.event == LIQUIDATED).count(),
        seed: options.seed,
        epochs,
        validation_loss,
        training_loss,
    };
    Model::new(config, scaler, &fit.variables, training, incidence(&rows, &outcomes))
}

/// The rows before `until` and what was known of their outcomes then.
fn known_at(
    observations: &Observations,
    until: DateTime<Utc>,
) -> Result<(Observations, Vec<Outcome>), ModelError> {
    let until_s = until.timestamp();
    let rows = observations.filter(|row| observations.time_s[row] < until_s);
    let known = |(outcome, time_s): (&Outcome, &i64)| {
        outcome.known_after((until_s - time_s) as f64 / SECONDS_PER_DAY)
    };
    let outcomes: Vec<Outcome> = rows.outcome.iter().zip(&rows.time_s).map(known).collect();
    let liquidated = outcomes.iter().filter(|outcome| outcome.event == LIQUIDATED).count();
    if rows.len() < FEWEST_ROWS || liquidated < FEWEST_LIQUIDATED {
        let until = until.to_rfc3339();
        return Err(ModelError::TooFew { rows: rows.len(), liquidated, until, needed: NEEDED });
    }
    Ok((rows, outcomes))
}

/// Losses on the held-out block after each pass.
fn validate(
    config: &NetConfig,
    all: &Dataset,
    fold: &Fold,
    options: &TrainOptions,
    step: &mut impl FnMut(f64),
) -> Result<Vec<f64>, ModelError> {
    let (training, held_out) = (all.rows(&fold.training)?, all.rows(&fold.held_out)?);
    let mut fit = Fit::new(config, &training, options)?;
    let mut losses = Vec::with_capacity(options.epochs);
    for epoch in 0..options.epochs {
        step(fit.epoch(&training, epoch)?);
        losses.push(fit.loss(&held_out)?);
    }
    Ok(losses)
}

/// The number of passes with the least loss over all held-out blocks, and that loss; all of them
/// where no block was held out.
fn best_epoch(held_out: &[Vec<f64>], epochs: usize) -> (usize, Option<f64>) {
    let mean = |epoch: usize| {
        held_out.iter().map(|losses| losses[epoch]).sum::<f64>() / held_out.len() as f64
    };
    let best = (0..epochs).map(|epoch| (epoch + 1, mean(epoch))).min_by(|a, b| a.1.total_cmp(&b.1));
    match best.filter(|_| !held_out.is_empty()) {
        Some((epoch, loss)) => (epoch, Some(loss)),
        None => (epochs, None),
    }
}

/// The share of landmarks of the grid that were liquidated or closed by each edge: what a model
/// that knows nothing but the rates would say.
fn incidence(rows: &Observations, outcomes: &[Outcome]) -> Incidence {
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
    Incidence { liquidated: by_edge(LIQUIDATED), closed: by_edge(CLOSED) }
}
