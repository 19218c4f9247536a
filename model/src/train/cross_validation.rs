//! Cross-validation over blocks of time: out-of-fold curves, and the weights, intervals and numbers
//! of epochs that are fitted to them.

use plimsoll_features::{Observations, Outcome};
use rayon::prelude::*;

use super::early_stopping::{BestEpochs, Weights};
use super::epoch_losses::{EpochLosses, add_validation_losses};
use super::folds::CrossValidationFold;
use super::options::{TrainOptions, net_config};
use super::pooled_fit::{episodes_among, fit_pooled, pooled_specs};
use super::trainer::Trainer;
use super::training_set::{Subset, TrainingSet};
use crate::error::ModelError;
use crate::forecast::conformal::{CalibrationRow, ConformalIntervals, log_odds_spreads};
use crate::forecast::ensemble::{
    EnsembleCurves, ModelInput, clamped_log_odds, ensemble_curves, weighted_mean,
};
use crate::forecast::scorer::MILESTONES;
use crate::forecast::threshold_model::ThresholdModel;
use crate::input::ablation::Ablation;
use crate::input::grid::{INTERVALS, edges_days};
use crate::input::outcomes::liquidated_within;
use crate::input::sampling::{is_sampled, landmark_key};
use crate::members::liquidatable::position_state::PositionState;
use crate::members::pooled::{PooledMember, count_weeks_with_events};
use crate::members::weights::{HeldOutRow, fit_weights};
use crate::net::inference::{BLOCK_ROWS, InferenceNet};

/// Number of time blocks for the calibration of interval widths, each with about as many rows.
const TIME_BLOCKS: usize = 24;
/// Held-out landmarks that are kept over all folds: of those followed by a liquidation, and of the
/// others, each with a weight that makes up for the rest.
const MAX_HELD_OUT: [usize; 2] = [20_000, 40_000];
/// Bags of the members of a fold: fewer than of the final members, which forecast nothing else.
const FOLD_BAGS: usize = 2;

/// The folds with what their members forecast for the landmarks that were held out.
pub(super) struct CrossValidation<'a> {
    observations: &'a Observations,
    outcomes: &'a [Outcome],
    training_set: &'a TrainingSet,
    options: &'a TrainOptions,
    /// Shares of the landmarks that are kept, as in [`MAX_HELD_OUT`].
    kept_shares: [f64; 2],
    folds: Vec<HeldOutFold>,
    losses: EpochLosses,
    /// Number of independent episodes in all rows.
    episodes: usize,
    /// Number of weeks with liquidations in all rows.
    weeks_with_events: usize,
}

/// The held-out landmarks of a fold and the members that did not see them.
struct HeldOutFold {
    rows: Vec<(usize, f64)>,
    pooled: Vec<PooledMember>,
    /// Weights of the net after each epoch.
    weights_by_epoch: Vec<Weights>,
}

/// A held-out landmark with its curves.
struct HeldOutCurves {
    row: usize,
    weight: f64,
    curves: EnsembleCurves,
}

/// What cross-validation determines besides the numbers of epochs.
pub(super) struct Calibration {
    pub(super) weights: Vec<f64>,
    pub(super) intervals: Vec<ConformalIntervals>,
}

impl<'a> CrossValidation<'a> {
    pub(super) fn new(
        observations: &'a Observations,
        outcomes: &'a [Outcome],
        training_set: &'a TrainingSet,
        options: &'a TrainOptions,
    ) -> Self {
        let followed = |outcome: &&Outcome| liquidated_within(outcome, edges_days()[INTERVALS]);
        let positives = outcomes.iter().filter(followed).count();
        let share = |rows: usize, most: usize| (most as f64 / rows.max(1) as f64).min(1.0);
        let [most_positives, most_others] = MAX_HELD_OUT;
        let kept_shares =
            [share(positives, most_positives), share(outcomes.len() - positives, most_others)];
        let losses = EpochLosses::new(options.max_epochs());
        let horizon = edges_days()[INTERVALS];
        let times = observations.time_s.iter().copied().zip(outcomes.iter().copied());
        let weeks_with_events = count_weeks_with_events(times, horizon);
        let rows = (0..outcomes.len()).zip(outcomes);
        let episodes = episodes_among(observations, rows);
        Self {
            observations,
            outcomes,
            training_set,
            options,
            kept_shares,
            folds: Vec::new(),
            losses,
            episodes,
            weeks_with_events,
        }
    }

    /// Fits all members to a fold and evaluates the net on its validation rows after each epoch.
    pub(super) fn add_fold(
        &mut self,
        fold: CrossValidationFold,
        step: &mut impl FnMut(f64),
    ) -> Result<(), ModelError> {
        let Self { training_set, options, observations, .. } = *self;
        let rows = self.held_out_rows(&fold.validation_rows);
        let subsample = Subset { rows: fold.training_rows, outcomes: fold.training_outcomes }
            .not_stuck(&training_set.states)
            .subsample();
        let episodes = episodes_among(observations, subsample.known_rows());
        // The members of the final fit, with the regularisation of the fold's own episodes.
        let mut specs = pooled_specs(self.episodes, FOLD_BAGS.min(options.bags), options);
        specs.iter_mut().for_each(|(_, spec)| spec.episodes = episodes);
        let Some(pooled) = fit_pooled(training_set, observations, &subsample, &specs) else {
            return Ok(());
        };
        let data = training_set.dataset(&subsample)?;
        let mut trainer = Trainer::new(&net_config(options), &data, options)?;
        let mut weights_by_epoch = Vec::new();
        for epoch in 0..options.max_epochs() {
            step(trainer.run_epoch(&data, epoch)?);
            let net = trainer.inference_net()?;
            let outcomes = self.outcomes;
            let inputs = |rows: &[(usize, f64)]| -> Vec<ModelInput<'_>> {
                rows.iter().map(|&(row, _)| training_set.input(row)).collect()
            };
            add_validation_losses(&mut self.losses, epoch, &net, &rows, outcomes, inputs);
            weights_by_epoch.push(trainer.weights()?);
        }
        self.folds.push(HeldOutFold { rows, pooled, weights_by_epoch });
        Ok(())
    }

    /// Number of independent episodes in all rows.
    pub(super) const fn episodes(&self) -> usize {
        self.episodes
    }

    /// The numbers of epochs with the least loss of either cause, and that loss of liquidation per
    /// row.
    pub(super) fn best_epochs(&self) -> (BestEpochs, Option<f64>) {
        let TrainOptions { epochs, closing_epochs, .. } = *self.options;
        self.losses.best(epochs, closing_epochs)
    }

    /// Landmarks on the grid that are not stuck, sampled, with their weights.
    fn held_out_rows(&self, rows: &[u32]) -> Vec<(usize, f64)> {
        let keep = |row: usize| {
            let outcome = &self.outcomes[row];
            let is_followed = liquidated_within(outcome, edges_days()[INTERVALS]);
            let share = self.kept_shares[usize::from(!is_followed)];
            let Observations { account_index, time_s, .. } = self.observations;
            let key = landmark_key(account_index[row], time_s[row]);
            is_sampled(key, share).then_some((row, 1.0 / share))
        };
        let is_eligible = |row: &usize| {
            self.observations.on_grid[*row]
                && self.training_set.states[*row] != PositionState::Stuck
        };
        rows.iter().map(|&row| row as usize).filter(is_eligible).filter_map(keep).collect()
    }

    /// Fits the members' weights and the conformal intervals of each milestone.
    pub(super) fn calibrate(
        &self,
        best_epochs: BestEpochs,
        members: usize,
        threshold: &ThresholdModel,
    ) -> Result<Calibration, ModelError> {
        let held_out = self.held_out_curves(best_epochs)?;
        let weights = self.fit_weights(&held_out, members);
        let spreads_and_curves: Vec<_> = held_out
            .par_iter()
            .map(|HeldOutCurves { row, curves, .. }| {
                let context = threshold.context(&self.training_set.input(*row));
                let served = |curve: &_| threshold.apply(curve, &context);
                let mean = weighted_mean(&weights, curves.members.iter().map(|m| &m.mean));
                let spreads = log_odds_spreads(&weights, curves, MILESTONES, served);
                (served(&mean), spreads, context.log_health)
            })
            .collect();
        let blocks = self.time_blocks(&held_out);
        let fit = |i: usize| {
            let days = edges_days()[MILESTONES[i] + 1];
            let known = held_out.iter().enumerate();
            let known = known.filter(|(_, held)| self.outcomes[held.row].follow_up_days >= days);
            let rows: Vec<CalibrationRow> = known
                .map(|(n, held)| {
                    let (curve, spreads, log_health) = &spreads_and_curves[n];
                    CalibrationRow {
                        block: blocks[n],
                        log_health: *log_health,
                        log_odds: clamped_log_odds(curve[MILESTONES[i]]),
                        spread: spreads[i],
                        positive: liquidated_within(&self.outcomes[held.row], days),
                        weight: held.weight,
                    }
                })
                .collect();
            let positives = rows.iter().filter(|row| row.positive);
            let positives: f64 = positives.map(|row| row.weight).sum();
            let rows_per_episode = (positives / self.episodes.max(1) as f64).max(1.0);
            ConformalIntervals::fit(&rows, TIME_BLOCKS, rows_per_episode)
        };
        let intervals = (0..MILESTONES.len()).into_par_iter().map(fit).collect();
        Ok(Calibration { weights, intervals })
    }

    fn fit_weights(&self, held_out: &[HeldOutCurves], members: usize) -> Vec<f64> {
        let rows: Vec<HeldOutRow> = held_out
            .iter()
            .map(|HeldOutCurves { row, weight, curves }| {
                let outcome = &self.outcomes[*row];
                let liquidated = std::array::from_fn(|k| {
                    let days = edges_days()[k + 1];
                    let is_known = outcome.follow_up_days >= days;
                    is_known.then(|| liquidated_within(outcome, days))
                });
                let curves = curves.members.iter().map(|member| member.mean).collect();
                HeldOutRow { curves, liquidated, weight: *weight }
            })
            .collect();
        if self.options.ablation == Some(Ablation::Net) {
            let without: Vec<HeldOutRow> = rows
                .into_iter()
                .map(|row| HeldOutRow { curves: row.curves[1..].to_vec(), ..row })
                .collect();
            let weights = fit_weights(&without, members - 1, self.weeks_with_events);
            return std::iter::once(0.0).chain(weights).collect();
        }
        fit_weights(&rows, members, self.weeks_with_events)
    }

    /// The curves of all held-out rows, with the net's weights at the given numbers of epochs.
    fn held_out_curves(&self, best_epochs: BestEpochs) -> Result<Vec<HeldOutCurves>, ModelError> {
        let folds = self.folds.iter().map(|fold| {
            let weights = best_epochs.select_weights(&fold.weights_by_epoch);
            let net = InferenceNet::from_weights(&net_config(self.options), &weights)?;
            let blocks = fold.rows.par_chunks(BLOCK_ROWS);
            Ok(blocks.flat_map_iter(|rows| self.curves(rows, &net, &fold.pooled)).collect())
        });
        let folds: Vec<Vec<HeldOutCurves>> = folds.collect::<Result<_, ModelError>>()?;
        Ok(folds.into_iter().flatten().collect())
    }

    fn curves(
        &self,
        rows: &[(usize, f64)],
        net: &InferenceNet,
        pooled: &[PooledMember],
    ) -> Vec<HeldOutCurves> {
        let inputs: Vec<ModelInput<'_>> =
            rows.iter().map(|&(row, _)| self.training_set.input(row)).collect();
        let curves = ensemble_curves(net, pooled, &inputs);
        let held_out = |(&(row, weight), curves)| HeldOutCurves { row, weight, curves };
        rows.iter().zip(curves).map(held_out).collect()
    }

    /// Time block of each row.
    fn time_blocks(&self, held_out: &[HeldOutCurves]) -> Vec<usize> {
        let time = |held: &HeldOutCurves| self.observations.time_s[held.row];
        let mut times: Vec<i64> = held_out.iter().map(time).collect();
        times.sort_unstable();
        let boundaries: Vec<i64> = (1..TIME_BLOCKS)
            .filter_map(|block| times.get(block * times.len() / TIME_BLOCKS))
            .copied()
            .collect();
        let block =
            |held: &HeldOutCurves| boundaries.partition_point(|&boundary| boundary <= time(held));
        held_out.iter().map(block).collect()
    }
}
