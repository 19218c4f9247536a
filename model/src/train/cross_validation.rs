//! Cross-validation: out-of-fold predictions, and the stackers, intervals and numbers of epochs
//! that are fitted to them.

use std::collections::BTreeSet;

use plimsoll_features::{Observations, Outcome};
use rayon::prelude::*;

use super::cause_losses::{closing_loss, liquidation_loss};
use super::early_stopping::{BestEpochs, Weights};
use super::folds::CrossValidationFold;
use super::options::TrainOptions;
use super::options::net_config;
use super::trainer::Trainer;
use super::training_set::{Subset, TrainingSet};
use crate::error::ModelError;
use crate::forecast::conformal::{CalibrationRow, ConformalIntervals, log_odds_spread};
use crate::forecast::ensemble::{
    Ensemble, MEMBER_COUNT, MemberPredictions, ModelInput, net_incidences,
};
use crate::forecast::incidence::{CumulativeIncidence, MILESTONES};
use crate::input::ablation::Ablation;
use crate::input::covariate_index::covariate_index;
use crate::input::grid::{Exposure, edges_days};
use crate::input::outcomes::liquidated_within;
use crate::members::{DIRECT_MEMBER_COUNT, OutOfFoldRows, Stacker};
use crate::net::inference::{BLOCK_ROWS, InferenceNet};
use crate::units::SECONDS_PER_DAY;

/// Number of time blocks for the calibration of interval widths, each with about as many rows.
const TIME_BLOCKS: usize = 24;

/// Validation rows on the grid, over all folds.
pub(super) struct CrossValidation<'a> {
    observations: &'a Observations,
    outcomes: &'a [Outcome],
    training_set: &'a TrainingSet,
    options: &'a TrainOptions,
    rows: Vec<usize>,
    log_health: Vec<f64>,
    folds: Vec<FoldPredictions>,
    /// Sum of the validation rows' losses after each epoch.
    losses: Vec<CauseLosses>,
}

/// The members of a fold, and their predictions of its validation rows.
struct FoldPredictions {
    rows: Vec<usize>,
    direct: Vec<[[f64; DIRECT_MEMBER_COUNT]; MILESTONES.len()]>,
    /// Weights of the net after each epoch.
    weights_by_epoch: Vec<Weights>,
}

/// The two parts of the loss.
#[derive(Debug, Clone, Copy, Default)]
struct CauseLosses {
    liquidation: f64,
    closing: f64,
}

/// The out-of-fold prediction of a row.
#[derive(Debug, Clone, Copy)]
struct OutOfFoldPrediction {
    probabilities: [[f64; MEMBER_COUNT]; MILESTONES.len()],
    net_variance: [f64; MILESTONES.len()],
}

impl CauseLosses {
    fn add(&mut self, other: Self) {
        self.liquidation += other.liquidation;
        self.closing += other.closing;
    }
}

impl<'a> CrossValidation<'a> {
    pub(super) fn new(
        observations: &'a Observations,
        outcomes: &'a [Outcome],
        training_set: &'a TrainingSet,
        options: &'a TrainOptions,
    ) -> Self {
        let losses = vec![CauseLosses::default(); options.max_epochs()];
        let (rows, log_health, folds) = (Vec::new(), Vec::new(), Vec::new());
        Self { observations, outcomes, training_set, options, rows, log_health, folds, losses }
    }

    /// Trains on a fold and evaluates its validation rows after each epoch.
    pub(super) fn add_fold(
        &mut self,
        fold: CrossValidationFold,
        step: &mut impl FnMut(f64),
    ) -> Result<(), ModelError> {
        let Self { training_set, options, .. } = *self;
        let on_grid = |row: &u32| self.observations.on_grid[*row as usize];
        let rows: Vec<usize> = fold
            .validation_rows
            .iter()
            .filter(|row| on_grid(row))
            .map(|&row| row as usize)
            .collect();
        let subsample =
            Subset { rows: fold.training_rows, outcomes: fold.training_outcomes }.subsample();
        let data = training_set.dataset(&subsample)?;
        let mut trainer = Trainer::new(&net_config(options), &data, options)?;
        let ensemble = Ensemble::new(
            trainer.inference_net()?,
            training_set.fit_members(&subsample, options.seed),
        );
        let direct: Vec<_> =
            rows.par_iter().map(|&row| ensemble.predict_direct(&training_set.input(row))).collect();
        let mut weights_by_epoch = Vec::new();
        for epoch in 0..options.max_epochs() {
            step(trainer.run_epoch(&data, epoch)?);
            let losses = self.validation_losses(&trainer.inference_net()?, &rows);
            self.losses[epoch].add(losses);
            weights_by_epoch.push(trainer.weights()?);
        }
        let log_health = covariate_index("log_health");
        self.log_health
            .extend(rows.iter().map(|&row| f64::from(training_set.covariates[[row, log_health]])));
        self.rows.extend(&rows);
        self.folds.push(FoldPredictions { rows, direct, weights_by_epoch });
        Ok(())
    }

    fn validation_losses(&self, net: &InferenceNet, rows: &[usize]) -> CauseLosses {
        let loss = |(&row, curves): (&usize, Vec<CumulativeIncidence>)| {
            let exposure = Exposure::from_outcome(&self.outcomes[row]);
            let [liquidated, closed] = CumulativeIncidence::mean(&curves).log_odds();
            CauseLosses {
                liquidation: liquidation_loss(&liquidated, &exposure),
                closing: closing_loss(&closed, &exposure),
            }
        };
        let blocks = rows.par_chunks(BLOCK_ROWS);
        // Summed in order, so that the sum does not depend on the number of threads.
        let losses: Vec<CauseLosses> = blocks
            .flat_map_iter(|rows| rows.iter().zip(self.net_incidences(net, rows)).map(loss))
            .collect();
        losses.into_iter().fold(CauseLosses::default(), |mut sum, loss| {
            sum.add(loss);
            sum
        })
    }

    /// Returns the numbers of epochs with the least loss of either cause over all validation rows,
    /// and that loss of liquidation per row; the maximum numbers without folds.
    pub(super) fn best_epochs(&self) -> (BestEpochs, Option<f64>) {
        let TrainOptions { epochs, closing_epochs, .. } = *self.options;
        if self.rows.is_empty() {
            return (BestEpochs { liquidation: epochs, closing: closing_epochs }, None);
        }
        let argmin = |epochs: usize, loss: fn(&CauseLosses) -> f64| {
            let losses = self.losses[..epochs].iter().map(loss).zip(1..);
            losses.min_by(|a, b| a.0.total_cmp(&b.0)).expect("there is an epoch")
        };
        let (loss, liquidation) = argmin(epochs, |losses| losses.liquidation);
        let (_, closing) = argmin(closing_epochs, |losses| losses.closing);
        (BestEpochs { liquidation, closing }, Some(loss / self.rows.len() as f64))
    }

    /// Fits the stacker and the conformal intervals of each milestone.
    pub(super) fn fit_calibration(
        &self,
        best_epochs: BestEpochs,
    ) -> Result<(Vec<Stacker>, Vec<ConformalIntervals>), ModelError> {
        let options = self.options;
        if self.rows.is_empty() {
            let stacker = if options.ablation == Some(Ablation::Ensemble) {
                Stacker::first_only(MEMBER_COUNT)
            } else {
                Stacker::equal_weights(MEMBER_COUNT)
            };
            return Ok((
                vec![stacker; MILESTONES.len()],
                vec![ConformalIntervals::default(); MILESTONES.len()],
            ));
        }
        let predictions: Vec<Vec<OutOfFoldPrediction>> = self
            .folds
            .iter()
            .map(|fold_predictions| self.predict_fold(fold_predictions, best_epochs))
            .collect::<Result<_, _>>()?;
        let predictions = predictions.concat();
        let milestones = (0..MILESTONES.len()).into_par_iter();
        Ok(milestones.map(|i| self.fit_milestone(i, &predictions, options)).unzip())
    }

    /// Predicts a fold's validation rows, with the net's weights at the given numbers of epochs.
    fn predict_fold(
        &self,
        fold_predictions: &FoldPredictions,
        best_epochs: BestEpochs,
    ) -> Result<Vec<OutOfFoldPrediction>, ModelError> {
        let net = InferenceNet::from_weights(
            &net_config(self.options),
            &best_epochs.select_weights(&fold_predictions.weights_by_epoch),
        )?;
        let FoldPredictions { rows, direct, .. } = fold_predictions;
        let prediction = |(curves, direct): (Vec<CumulativeIncidence>, &_)| {
            let MemberPredictions { probabilities, net_variance, .. } =
                MemberPredictions::new(&curves, direct);
            OutOfFoldPrediction { probabilities, net_variance }
        };
        let blocks = rows.par_chunks(BLOCK_ROWS).zip(direct.par_chunks(BLOCK_ROWS));
        let predictions = blocks.flat_map_iter(|(rows, direct)| {
            self.net_incidences(&net, rows).zip(direct).map(prediction)
        });
        Ok(predictions.collect())
    }

    /// The cumulative incidences of each of a net's members, for some rows.
    fn net_incidences(
        &self,
        net: &InferenceNet,
        rows: &[usize],
    ) -> impl Iterator<Item = Vec<CumulativeIncidence>> + use<'a> {
        let inputs: Vec<ModelInput<'_>> =
            rows.iter().map(|&row| self.training_set.input(row)).collect();
        net_incidences(net, &inputs)
    }

    fn fit_milestone(
        &self,
        i: usize,
        predictions: &[OutOfFoldPrediction],
        options: &TrainOptions,
    ) -> (Stacker, ConformalIntervals) {
        let days = edges_days()[MILESTONES[i] + 1];
        let followed = |&index: &usize| self.outcomes[self.rows[index]].follow_up_days >= days;
        let indices: Vec<usize> = (0..self.rows.len()).filter(followed).collect();
        let positives: Vec<bool> = indices
            .iter()
            .map(|&index| liquidated_within(&self.outcomes[self.rows[index]], days))
            .collect();
        let rows_per_event = self.rows_per_event(&indices, &positives);
        let members: Vec<f64> =
            indices.iter().flat_map(|&index| predictions[index].probabilities[i]).collect();
        let out_of_fold =
            OutOfFoldRows { members: &members, positives: &positives, rows_per_event };
        let stacker = Stacker::fit(MEMBER_COUNT, &out_of_fold, options.ablation);
        let blocks = self.time_blocks(&indices);
        let row = |(j, &index): (usize, &usize)| CalibrationRow {
            block: blocks[j],
            log_health: self.log_health[index],
            log_odds: stacker.log_odds(&predictions[index].probabilities[i]),
            spread: log_odds_spread(
                &stacker,
                &predictions[index].probabilities[i],
                predictions[index].net_variance[i],
            ),
            positive: positives[j],
        };
        let rows: Vec<CalibrationRow> = indices.iter().enumerate().map(row).collect();
        let intervals = ConformalIntervals::fit(&rows, TIME_BLOCKS, rows_per_event);
        (stacker, intervals)
    }

    /// Ratio of rows followed by a liquidation to the distinct liquidations.
    fn rows_per_event(&self, indices: &[usize], positives: &[bool]) -> f64 {
        let followed_by_event = indices.iter().zip(positives).filter(|(_, positive)| **positive);
        let event = |(&index, _): (&usize, &bool)| {
            let row = self.rows[index];
            let after_s = (self.outcomes[row].duration_days * SECONDS_PER_DAY).round() as i64;
            (self.observations.account_index[row], self.observations.time_s[row] + after_s)
        };
        let events: BTreeSet<_> = followed_by_event.clone().map(event).collect();
        (followed_by_event.count() as f64 / events.len().max(1) as f64).max(1.0)
    }

    /// Time block of each row.
    fn time_blocks(&self, indices: &[usize]) -> Vec<usize> {
        let time = |index: &usize| self.observations.time_s[self.rows[*index]];
        let mut times: Vec<i64> = indices.iter().map(time).collect();
        times.sort_unstable();
        let boundaries: Vec<i64> = (1..TIME_BLOCKS)
            .filter_map(|block| times.get(block * times.len() / TIME_BLOCKS))
            .copied()
            .collect();
        indices
            .iter()
            .map(|index| boundaries.partition_point(|&boundary| boundary <= time(index)))
            .collect()
    }
}
