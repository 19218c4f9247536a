//! Training: time-blocked cross-validation selects the numbers of epochs and fits the
//! members' weights, then all members are fitted to all known rows.

pub(crate) mod benchmark;
mod cause_losses;
mod cross_validation;
mod early_stopping;
mod epoch_losses;

mod folds;
mod initialisation;
mod markets;
mod monotone_initialisation;
pub(crate) mod options;
mod pooled_fit;
mod threshold_crossings;
mod threshold_fit;
mod trainer;
mod training_set;

use chrono::{DateTime, Utc};
use plimsoll_features::{CLOSED, LIQUIDATED, Observations, Outcome};

use crate::error::ModelError;
use crate::excursions::law::ExcursionLaw;
use crate::forecast::manifest::Manifest;
use crate::forecast::manifest::{BaseIncidence, MemberWeight, TrainingSummary};
use crate::forecast::model::Model;
use crate::forecast::parameters::{EnsembleParameters, medians};
use crate::forecast::threshold_model::ThresholdModel;
use crate::input::grid::{INTERVALS, edges_days};
use crate::input::outcomes::outcomes_known_at;
use crate::input::training_domain::TrainingDomain;
use crate::owner_actions::fit::fit_owner_actions;
use cross_validation::{Calibration, CrossValidation};
use folds::time_blocked_folds;
use markets::training_markets;
use options::{MIN_LIQUIDATED, MIN_ROWS, MINIMUM_DATA, Progress, TrainOptions, net_config};
use plimsoll_metrics::AalenJohansen;
use pooled_fit::{fit_pooled, pooled_specs};
use threshold_fit::fit_threshold;
use trainer::Trainer;
use training_set::{Subset, TrainingSet};

/// Trains on the data known at `until`: rows before it, with outcomes censored there.
///
/// # Errors
/// [`ModelError::InsufficientData`] if there is too little training data, [`ModelError::Diverged`]
/// if the loss is not finite.
pub fn train(
    observations: &Observations,
    until: DateTime<Utc>,
    options: &TrainOptions,
    mut on_progress: impl FnMut(Progress),
) -> Result<Model, ModelError> {
    let (rows, outcomes) = rows_known_at(observations, until)?;
    let law = ExcursionLaw::fit(&observations.price_histories, until.timestamp());
    let (mut training_set, scaler) = TrainingSet::new(&rows, &law, options);
    let threshold = fit_threshold(&mut training_set, &rows, &outcomes);
    let folds = time_blocked_folds(&rows.time_s, &outcomes, options.folds);
    let total = (folds.len() + 1) * options.max_epochs();
    let mut done = 0;
    let mut step = |loss| {
        done += 1;
        on_progress(Progress { done, total, loss });
    };
    let mut cross_validation = CrossValidation::new(&rows, &outcomes, &training_set, options);
    for fold in folds {
        cross_validation.add_fold(fold, &mut step)?;
    }
    let (best_epochs, validation_loss) = cross_validation.best_epochs();
    let episodes = cross_validation.episodes();
    let specs = pooled_specs(episodes, options.bags, options);
    let model = ThresholdModel::new(threshold.clone());
    let Calibration { weights, intervals } =
        cross_validation.calibrate(best_epochs, 1 + specs.len(), &model)?;
    let all = Subset { rows: (0..rows.len() as u32).collect(), outcomes };
    let subsample = all.not_stuck(&training_set.states).subsample();
    let pooled = fit_pooled(&training_set, &rows, &subsample, &specs).ok_or_else(|| {
        ModelError::InsufficientData {
            rows: rows.len(),
            liquidated: 0,
            until: until.to_rfc3339(),
            required: MINIMUM_DATA,
        }
    })?;
    let data = training_set.dataset(&subsample)?;
    let mut trainer = Trainer::new(&net_config(options), &data, options)?;
    let mut training_loss = f64::NAN;
    let mut weights_by_epoch = Vec::new();
    // The schedule covers the maximum number of epochs, so that early stopping has the same effect
    // as in the folds.
    for epoch in 0..best_epochs.liquidation.max(best_epochs.closing) {
        training_loss = trainer.run_epoch(&data, epoch)?;
        weights_by_epoch.push(trainer.weights()?);
        step(training_loss);
    }
    let names = std::iter::once("net").chain(specs.iter().map(|(name, _)| *name));
    let members =
        names.zip(&weights).map(|(name, &weight)| MemberWeight { name: name.to_owned(), weight });
    let training = TrainingSummary {
        until,
        from: DateTime::from_timestamp(rows.time_s.iter().min().copied().unwrap_or(0), 0)
            .unwrap_or(until),
        rows: rows.len(),
        accounts: rows.account_index.chunk_by(|a, b| a == b).count(),
        markets: training_markets(&rows, &all.outcomes),
        liquidated: all.outcomes.iter().filter(|o| o.event == LIQUIDATED).count(),
        episodes,
        members: members.collect(),
        seed: options.seed,
        ablation: options.ablation,
        epochs: best_epochs.liquidation,
        closing_epochs: best_epochs.closing,
        validation_loss,
        training_loss,
    };
    let incidence = base_incidence(&rows, &all.outcomes);
    let manifest = Manifest::new(net_config(options), scaler, training, incidence);
    let domain = TrainingDomain::fit(training_set.covariates.view());
    let feature_medians = medians(rows.features.view());
    Model::new(
        manifest,
        best_epochs.select_weights(&weights_by_epoch),
        EnsembleParameters {
            pooled,
            weights,
            excursions: law,
            threshold,
            intervals,
            domain,
            feature_medians,
            owner_actions: fit_owner_actions(&rows, until),
        },
    )
}

/// The rows before `until` and their outcomes known at that time.
fn rows_known_at(
    observations: &Observations,
    until: DateTime<Utc>,
) -> Result<(Observations, Vec<Outcome>), ModelError> {
    let until_s = until.timestamp();
    let rows = observations.filter(|row| observations.time_s[row] < until_s);
    let outcomes = outcomes_known_at(&rows, until);
    let liquidated = outcomes.iter().filter(|outcome| outcome.event == LIQUIDATED).count();
    if rows.len() < MIN_ROWS || liquidated < MIN_LIQUIDATED {
        let until = until.to_rfc3339();
        return Err(ModelError::InsufficientData {
            rows: rows.len(),
            liquidated,
            until,
            required: MINIMUM_DATA,
        });
    }
    Ok((rows, outcomes))
}

/// The share of landmarks on the grid that were liquidated or closed by each edge: the forecast of
/// a model that knows only base rates.
pub(crate) fn base_incidence(rows: &Observations, outcomes: &[Outcome]) -> BaseIncidence {
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
