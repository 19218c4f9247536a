//! Training data: the inputs of all members, and the outcomes known to training.

use candle_core::Result;
use ndarray::{Array2, Axis};
use plimsoll_features::{Observations, Outcome};
use rayon::prelude::*;

use super::options::TrainOptions;
use crate::forecast::ensemble::ModelInput;
use crate::forecast::incidence::MILESTONES;
use crate::input::anchor::Anchor;
use crate::input::covariates::Covariates;
use crate::input::dataset::Dataset;
use crate::input::grid::{INTERVALS, edges_days};
use crate::input::net_inputs::NetInputs;
use crate::input::outcomes::liquidated_within;
use crate::members::{DirectMembers, MEMBER_SPECS, WeightedLabels};
use plimsoll_tabm::QuantileTransformer;

/// All rows before the end of the training data.
pub(super) struct TrainingSet {
    pub(super) covariates: Array2<f32>,
    scaled: Array2<f32>,
    anchor: Array2<f32>,
}

/// Some of the rows, with their known outcomes.
pub(super) struct Subset {
    pub(super) rows: Vec<u32>,
    pub(super) outcomes: Vec<Outcome>,
}

impl TrainingSet {
    /// Computes the inputs of all rows; the scaler is fitted to all of them, without outcomes.
    pub(super) fn new(
        observations: &Observations,
        options: &TrainOptions,
    ) -> (Self, QuantileTransformer) {
        let features = observations.features.view();
        let covariates = Covariates::with_ablation(options.ablation).transform(features);
        let inputs = NetInputs::new().select(covariates.view());
        let scaler = QuantileTransformer::fit(inputs.view());
        let scaled = scaler.transform(inputs.view());
        let anchor = Anchor::with_ablation(options.ablation).log_odds(features);
        (Self { covariates, scaled, anchor }, scaler)
    }

    /// The inputs of a row.
    pub(super) fn input(&self, row: usize) -> ModelInput<'_> {
        fn slice(matrix: &Array2<f32>, row: usize) -> &[f32] {
            let width = matrix.ncols();
            let all = matrix.as_slice().expect("the matrices are laid out row by row");
            &all[row * width..(row + 1) * width]
        }
        ModelInput {
            covariates: slice(&self.covariates, row),
            scaled: slice(&self.scaled, row),
            anchor: slice(&self.anchor, row),
        }
    }

    /// Converts a subsample to tensors.
    pub(super) fn dataset(&self, subsample: &Subsample) -> Result<Dataset> {
        let indices: Vec<usize> = subsample.rows.iter().map(|&row| row as usize).collect();
        let select = |matrix: &Array2<f32>| matrix.select(Axis(0), &indices);
        let (scaled, anchor) = (select(&self.scaled), select(&self.anchor));
        Dataset::new(scaled.view(), anchor.view(), &subsample.outcomes, &subsample.weights)
    }

    /// Fits the direct members of each milestone to a subsample.
    pub(super) fn fit_members(&self, subsample: &Subsample, seed: u64) -> Vec<DirectMembers> {
        let milestone = |(spec, milestone): (_, usize)| {
            let days = edges_days()[milestone + 1];
            let followed: Vec<usize> = subsample.followed_up(days).collect();
            let select =
                |values: &[f32]| -> Vec<f32> { followed.iter().map(|&i| values[i]).collect() };
            let rows: Vec<usize> = followed.iter().map(|&i| subsample.rows[i] as usize).collect();
            let label = |&i: &usize| liquidated_within(&subsample.outcomes[i], days);
            let positives: Vec<bool> = followed.iter().map(label).collect();
            let covariates = self.covariates.select(Axis(0), &rows);
            let labels = WeightedLabels {
                positives: &positives,
                weights: &select(&subsample.weights),
                seed,
            };
            DirectMembers::fit(spec, covariates.view(), &labels)
        };
        MEMBER_SPECS.par_iter().zip(MILESTONES).map(milestone).collect()
    }
}

/// Rows of a subset without most of the uneventful ones; the remaining ones have a larger weight.
pub(super) struct Subsample {
    rows: Vec<u32>,
    outcomes: Vec<Outcome>,
    weights: Vec<f32>,
}

/// One in this many rows without a following liquidation is kept, because landmarks a few hours
/// apart are nearly identical.
const SUBSAMPLING: usize = 3;

impl Subset {
    /// Leaves out rows that are nearly identical to their neighbours.
    pub(super) fn subsample(&self) -> Subsample {
        let horizon_days = edges_days()[INTERVALS];
        let is_followed_by_liquidation =
            |i: usize| liquidated_within(&self.outcomes[i], horizon_days);
        let kept = || {
            (0..self.rows.len())
                .filter(|&i| is_followed_by_liquidation(i) || i.is_multiple_of(SUBSAMPLING))
        };
        let weight =
            |i: usize| if is_followed_by_liquidation(i) { 1.0 } else { SUBSAMPLING as f32 };
        Subsample {
            rows: kept().map(|i| self.rows[i]).collect(),
            outcomes: kept().map(|i| self.outcomes[i]).collect(),
            weights: kept().map(weight).collect(),
        }
    }
}

impl Subsample {
    /// Indices of the rows with follow-up for at least this many days.
    fn followed_up(&self, days: f64) -> impl Iterator<Item = usize> + '_ {
        (0..self.rows.len()).filter(move |&i| self.outcomes[i].follow_up_days >= days)
    }
}
