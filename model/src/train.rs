//! Training: time-blocked folds choose how long and how to mix, then all members learn from all
//! that is known.

mod held_out;
mod lesson;
mod stop;

use chrono::{DateTime, Utc};
use plimsoll_features::{CLOSED, LIQUIDATED, Observations, Outcome};

use crate::ensemble::{Ensemble, medians};
use crate::folds::folds;
use crate::grid::{INTERVALS, edges_days};
use crate::inputs::{INPUTS, LIQUIDATION_INPUTS};
use crate::manifest::{Incidence, Training};
use plimsoll_metrics::AalenJohansen;
use crate::net::NetConfig;
use crate::optimise::Fit;
use crate::range::Range;
use crate::{Ablation, Manifest, Model, ModelError};
use held_out::HeldOutRows;
use lesson::{Lesson, Part};

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
    /// Width of the net's hidden layers.
    pub hidden: usize,
    /// Members of the net's ensemble.
    pub members: usize,
    /// Most passes over the rows from which liquidation learns.
    pub epochs: usize,
    /// The same for closing.
    pub closing_epochs: usize,
    /// Rows in a step.
    pub batch: usize,
    /// Greatest learning rate.
    pub learning_rate: f64,
    /// AdamW's weight decay for liquidation. A weight that the data pushes one way all the time
    /// settles at its inverse, so this bounds how far the net may stray from first passage.
    pub weight_decay: f64,
    /// The same for closing, of which there is more to learn from.
    pub closing_weight_decay: f64,
    /// How much faster closing learns.
    pub closing_pace: f64,
    /// Blocks of time that are held out in turn.
    pub folds: usize,
    /// A part of the model to leave out.
    pub without: Option<Ablation>,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            hidden: 32,
            members: 8,
            epochs: 4,
            closing_epochs: 12,
            batch: 2_048,
            learning_rate: 5e-4,
            weight_decay: 3.0,
            closing_weight_decay: 0.1,
            closing_pace: 4.0,
            folds: 4,
            without: None,
        }
    }
}

impl TrainOptions {
    /// Passes until neither cause learns any more.
    pub(crate) fn passes(&self) -> usize {
        self.epochs.max(self.closing_epochs)
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
    let (lesson, scaler) = Lesson::new(&rows, options);
    let folds = folds(&rows.time_s, &outcomes, options.folds);
    let total = (folds.len() + 1) * options.passes();
    let mut done = 0;
    let mut step = |loss| {
        done += 1;
        watch(Progress { done, total, loss });
    };
    let mut held_out = HeldOutRows::new(&rows, &outcomes, &lesson, options);
    for fold in folds {
        held_out.add(fold, &mut step)?;
    }
    let (stop, validation_loss) = held_out.best();
    let (stacks, doubts) = held_out.judge(stop)?;
    let all = Part { rows: (0..rows.len() as u32).collect(), outcomes };
    let thinned = all.thinned();
    let data = lesson.dataset(&thinned)?;
    let mut fit = Fit::new(&net_config(options), &data, options)?;
    let mut training_loss = f64::NAN;
    let mut after_pass = Vec::new();
    // The schedule is that of all passes, so that stopping early means the same as in the folds.
    for epoch in 0..stop.liquidation.max(stop.closing) {
        training_loss = fit.epoch(&data, epoch)?;
        after_pass.push(fit.weights()?);
        step(training_loss);
    }
    let members = lesson.members(&thinned, options.seed);
    let training = Training {
        until,
        from: DateTime::from_timestamp(rows.time_s.iter().min().copied().unwrap_or(0), 0)
            .unwrap_or(until),
        rows: rows.len(),
        accounts: rows.account.chunk_by(|a, b| a == b).count(),
        liquidated: all.outcomes.iter().filter(|o| o.event == LIQUIDATED).count(),
        seed: options.seed,
        without: options.without,
        epochs: stop.liquidation,
        closing_epochs: stop.closing,
        validation_loss,
        training_loss,
    };
    let incidence = incidence(&rows, &all.outcomes);
    let manifest = Manifest::new(net_config(options), scaler, training, incidence);
    let range = Range::of(lesson.covariates.view());
    let reference = medians(rows.features.view());
    Model::new(
        manifest,
        stop.weights(&after_pass),
        Ensemble { members, stacks, doubts, range, reference },
    )
}

pub(crate) fn net_config(options: &TrainOptions) -> NetConfig {
    let alone = options.without == Some(Ablation::Ensemble);
    let members = if alone { 1 } else { options.members };
    NetConfig {
        inputs: INPUTS.len(),
        liquidation_inputs: LIQUIDATION_INPUTS,
        hidden: options.hidden,
        members,
    }
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
