//! What members said of rows they had not learnt from, and what can be learnt from that.

use std::collections::BTreeSet;

use plimsoll_features::{Observations, Outcome};
use rayon::prelude::*;

use super::cause_losses::{closing_loss, liquidation_loss};
use super::early_stopping::{BestEpochs, Weights};
use super::folds::CrossValidationFold;
use super::options::TrainOptions;
use super::options::net_config;
use super::trainer::Trainer;
use super::training_set::{Subset, TrainingSet, liquidated_within};
use crate::error::ModelError;
use crate::forecast::conformal::{CalibrationRow, ConformalIntervals, log_odds_spread};
use crate::forecast::ensemble::{Ensemble, MEMBER_COUNT, MemberPredictions, net_incidences};
use crate::forecast::incidence::{CumulativeIncidence, MILESTONES};
use crate::input::ablation::Ablation;
use crate::input::covariate_index::covariate_index;
use crate::input::grid::{Exposure, edges_days};
use crate::members::{DIRECT_MEMBER_COUNT, OutOfFoldRows, Stacker};
use crate::net::inference::InferenceNet;

/// Blocks of time by which the width of intervals is judged, each with about as many rows.
const TIME_BLOCKS: usize = 24;

/// Held-out rows of the grid, over all folds.
pub(super) struct CrossValidation<'a> {
    observations: &'a Observations,
    outcomes: &'a [Outcome],
    training_set: &'a TrainingSet,
    options: &'a TrainOptions,
    rows: Vec<usize>,
    log_health: Vec<f64>,
    folds: Vec<FoldPredictions>,
    /// By pass over the rows, the sum of the held-out rows' losses after it.
    losses: Vec<CauseLosses>,
}

/// A fold's members, asked of rows that they have not learnt from.
struct FoldPredictions {
    rows: Vec<usize>,
    direct: Vec<[[f64; DIRECT_MEMBER_COUNT]; MILESTONES.len()]>,
    /// The net's weights after each pass.
    weights_by_epoch: Vec<Weights>,
}

/// The likelihood's two parts.
#[derive(Debug, Clone, Copy, Default)]
struct CauseLosses {
    liquidation: f64,
    closing: f64,
}

/// What was said of a row.
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

    /// Trains on a fold and judges its held-out rows after each pass.
    pub(super) fn add_fold(
        &mut self,
        fold: CrossValidationFold,
        step: &mut impl FnMut(f64),
    ) -> Result<(), ModelError> {
        let Self { training_set: lesson, options, .. } = *self;
        let on_grid = |row: &u32| self.observations.on_grid[*row as usize];
        let rows: Vec<usize> = fold
            .validation_rows
            .iter()
            .filter(|row| on_grid(row))
            .map(|&row| row as usize)
            .collect();
        let part =
            Subset { rows: fold.training_rows, outcomes: fold.training_outcomes }.subsample();
        let data = lesson.dataset(&part)?;
        let mut fit = Trainer::new(&net_config(options), &data, options)?;
        let ensemble = Ensemble::new(fit.inference_net()?, lesson.fit_members(&part, options.seed));
        let direct: Vec<_> =
            rows.par_iter().map(|&row| ensemble.predict_direct(&lesson.input(row))).collect();
        let mut after_pass = Vec::new();
        for epoch in 0..options.max_epochs() {
            step(fit.run_epoch(&data, epoch)?);
            let losses = self.validation_losses(&fit.inference_net()?, &rows);
            self.losses[epoch].add(losses);
            after_pass.push(fit.weights()?);
        }
        let log_health = covariate_index("log_health");
        self.log_health
            .extend(rows.iter().map(|&row| f64::from(lesson.covariates[[row, log_health]])));
        self.rows.extend(&rows);
        self.folds.push(FoldPredictions { rows, direct, weights_by_epoch: after_pass });
        Ok(())
    }

    fn validation_losses(&self, net: &InferenceNet, rows: &[usize]) -> CauseLosses {
        let loss = |&row: &usize| {
            let input = self.training_set.input(row);
            let curves: Vec<CumulativeIncidence> = net_incidences(net, &input).collect();
            let (odds, seen) = (
                CumulativeIncidence::mean(&curves).odds(),
                Exposure::from_outcome(&self.outcomes[row]),
            );
            let (liquidation, closing) =
                (liquidation_loss(&odds, &seen), closing_loss(&odds, &seen));
            CauseLosses { liquidation, closing }
        };
        // Added up in order, so that the sum does not depend on the number of threads.
        let losses: Vec<CauseLosses> = rows.par_iter().map(loss).collect();
        losses.into_iter().fold(CauseLosses::default(), |mut sum, loss| {
            sum.add(loss);
            sum
        })
    }

    /// The numbers of passes with the least loss of either cause over all held-out rows, and that of
    /// liquidation by row; all passes where no block was held out.
    pub(super) fn best_epochs(&self) -> (BestEpochs, Option<f64>) {
        let TrainOptions { epochs, closing_epochs, .. } = *self.options;
        if self.rows.is_empty() {
            return (BestEpochs { liquidation: epochs, closing: closing_epochs }, None);
        }
        let least = |passes: usize, of: fn(&CauseLosses) -> f64| {
            let losses = self.losses[..passes].iter().map(of).zip(1..);
            losses.min_by(|a, b| a.0.total_cmp(&b.0)).expect("there is a pass")
        };
        let (loss, liquidation) = least(epochs, |losses| losses.liquidation);
        let (_, closing) = least(closing_epochs, |losses| losses.closing);
        (BestEpochs { liquidation, closing }, Some(loss / self.rows.len() as f64))
    }

    /// How to mix members, and how far to trust the mixture, at each milestone.
    pub(super) fn fit_calibration(
        &self,
        stop: BestEpochs,
    ) -> Result<(Vec<Stacker>, Vec<ConformalIntervals>), ModelError> {
        let options = self.options;
        if self.rows.is_empty() {
            let stack = if options.ablation == Some(Ablation::Ensemble) {
                Stacker::first_only(MEMBER_COUNT)
            } else {
                Stacker::equal_weights(MEMBER_COUNT)
            };
            return Ok((
                vec![stack; MILESTONES.len()],
                vec![ConformalIntervals::default(); MILESTONES.len()],
            ));
        }
        let said: Vec<Vec<OutOfFoldPrediction>> = self
            .folds
            .iter()
            .map(|heard| self.predict_fold(heard, stop))
            .collect::<Result<_, _>>()?;
        let said = said.concat();
        let milestones = (0..MILESTONES.len()).into_par_iter();
        Ok(milestones.map(|i| self.fit_milestone(i, &said, options)).unzip())
    }

    /// What a fold's members say of its held-out rows where the net has learnt up to there.
    fn predict_fold(
        &self,
        heard: &FoldPredictions,
        stop: BestEpochs,
    ) -> Result<Vec<OutOfFoldPrediction>, ModelError> {
        let net = InferenceNet::from_weights(
            &net_config(self.options),
            &stop.select_weights(&heard.weights_by_epoch),
        )?;
        let rows = heard.rows.par_iter().zip(&heard.direct);
        let saying = |(&row, direct): (&usize, &_)| {
            let MemberPredictions { probabilities: members, net_variance, .. } =
                MemberPredictions::new(&net, direct, &self.training_set.input(row));
            OutOfFoldPrediction { probabilities: members, net_variance }
        };
        Ok(rows.map(saying).collect())
    }

    fn fit_milestone(
        &self,
        i: usize,
        said: &[OutOfFoldPrediction],
        options: &TrainOptions,
    ) -> (Stacker, ConformalIntervals) {
        let days = edges_days()[MILESTONES[i] + 1];
        let followed = |&place: &usize| self.outcomes[self.rows[place]].follow_up_days >= days;
        let places: Vec<usize> = (0..self.rows.len()).filter(followed).collect();
        let positives: Vec<bool> = places
            .iter()
            .map(|&place| liquidated_within(&self.outcomes[self.rows[place]], days))
            .collect();
        let rows_per_event = self.rows_per_event(&places, &positives);
        let members: Vec<f64> =
            places.iter().flat_map(|&place| said[place].probabilities[i]).collect();
        let held_out = OutOfFoldRows { members: &members, positives: &positives, rows_per_event };
        let stack = Stacker::fit(MEMBER_COUNT, &held_out, options.ablation);
        let blocks = self.time_blocks(&places);
        let row = |(j, &place): (usize, &usize)| CalibrationRow {
            block: blocks[j],
            log_health: self.log_health[place],
            log_odds: stack.log_odds(&said[place].probabilities[i]),
            spread: log_odds_spread(
                &stack,
                &said[place].probabilities[i],
                said[place].net_variance[i],
            ),
            positive: positives[j],
        };
        let rows: Vec<CalibrationRow> = places.iter().enumerate().map(row).collect();
        let doubt = ConformalIntervals::fit(&rows, TIME_BLOCKS, rows_per_event);
        (stack, doubt)
    }

    /// Rows with a liquidation ahead over the liquidations that they tell of.
    fn rows_per_event(&self, places: &[usize], positives: &[bool]) -> f64 {
        let ahead = places.iter().zip(positives).filter(|(_, positive)| **positive);
        let event = |(&place, _): (&usize, &bool)| {
            let row = self.rows[place];
            let after_s = (self.outcomes[row].duration_days * 86_400.0).round() as i64;
            (self.observations.account_index[row], self.observations.time_s[row] + after_s)
        };
        let events: BTreeSet<_> = ahead.clone().map(event).collect();
        (ahead.count() as f64 / events.len().max(1) as f64).max(1.0)
    }

    /// Each row's block of time.
    fn time_blocks(&self, places: &[usize]) -> Vec<usize> {
        let time = |place: &usize| self.observations.time_s[self.rows[*place]];
        let mut times: Vec<i64> = places.iter().map(time).collect();
        times.sort_unstable();
        let borders: Vec<i64> = (1..TIME_BLOCKS)
            .filter_map(|block| times.get(block * times.len() / TIME_BLOCKS))
            .copied()
            .collect();
        places
            .iter()
            .map(|place| borders.partition_point(|&border| border <= time(place)))
            .collect()
    }
}
