//! Training data: the inputs of all members, and the outcomes known to training.

use candle_core::Result;
use ndarray::{Array2, Axis};
use plimsoll_features::{Observations, Outcome};

use super::options::TrainOptions;
use crate::excursions::law::ExcursionLaw;
use crate::forecast::ensemble::ModelInput;
use crate::forecast::preprocessor::ExcursionAnchor;
use crate::input::anchor::Anchor;
use crate::input::covariates::Covariates;
use crate::input::dataset::Dataset;
use crate::input::grid::{INTERVALS, edges_days};
use crate::input::net_inputs::NetInputs;
use crate::input::outcomes::liquidated_within;
use crate::members::liquidatable::position_state::{PositionState, ThresholdColumns};
use crate::members::pooled::{PooledData, PooledInputs};
use plimsoll_tabm::QuantileTransformer;

/// All rows before the end of the training data.
pub(super) struct TrainingSet {
    pub(super) covariates: Array2<f32>,
    scaled: Array2<f32>,
    first_passage: Array2<f32>,
    pub(super) excursion: Array2<f32>,
    pooled: Array2<f32>,
    pub(super) states: Vec<PositionState>,
    /// The probability that a liquidator takes each row's position.
    pub(super) taken: Vec<f32>,
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
        law: &ExcursionLaw,
        options: &TrainOptions,
    ) -> (Self, QuantileTransformer) {
        let features = observations.features.view();
        let covariates = Covariates::with_ablation(options.ablation).transform(features);
        let inputs = NetInputs::new().select(covariates.view());
        let scaler = QuantileTransformer::fit(inputs.view());
        let scaled = scaler.transform(inputs.view());
        let first_passage = Anchor::with_ablation(options.ablation).log_odds(features);
        let anchor = ExcursionAnchor::new(law.clone(), options.ablation);
        let pooled = PooledInputs::new(options.ablation).rows(covariates.view());
        let columns = ThresholdColumns::new();
        let mut excursion = Array2::zeros((covariates.nrows(), INTERVALS));
        let mut states = Vec::with_capacity(covariates.nrows());
        for (row, mut anchors) in covariates.rows().into_iter().zip(excursion.rows_mut()) {
            let row = row.as_slice().expect("covariates are contiguous");
            anchors.assign(&ndarray::aview1(&anchor.log_odds(row)));
            states.push(columns.state(row));
        }
        let taken = vec![1.0; covariates.nrows()];
        (Self { covariates, scaled, first_passage, excursion, pooled, states, taken }, scaler)
    }

    /// The inputs of a row.
    pub(super) fn input(&self, row: usize) -> ModelInput<'_> {
        ModelInput {
            covariates: row_slice(&self.covariates, row),
            scaled: row_slice(&self.scaled, row),
            first_passage: row_slice(&self.first_passage, row),
            excursion: row_slice(&self.excursion, row),
            pooled: row_slice(&self.pooled, row),
        }
    }

    /// Converts a subsample to tensors.
    pub(super) fn dataset(&self, subsample: &Subsample) -> Result<Dataset> {
        let indices = subsample.indices();
        let select = |matrix: &Array2<f32>| matrix.select(Axis(0), &indices);
        let (scaled, anchor) = (select(&self.scaled), select(&self.first_passage));
        let weights: Vec<f32> = subsample
            .weights
            .iter()
            .zip(&indices)
            .map(|(weight, &row)| weight * self.taken[row])
            .collect();
        Dataset::new(scaled.view(), anchor.view(), &subsample.outcomes, &weights)
    }

    /// Passes a subsample to `fit` in the form that pooled members take.
    pub(super) fn with_pooled_data<T>(
        &self,
        observations: &Observations,
        subsample: &Subsample,
        fit: impl FnOnce(&PooledData<'_>) -> T,
    ) -> T {
        let indices = subsample.indices();
        let inputs = self.pooled.select(Axis(0), &indices);
        let anchor = self.excursion.select(Axis(0), &indices);
        let accounts: Vec<u32> =
            indices.iter().map(|&row| observations.account_index[row]).collect();
        let time_s: Vec<i64> = indices.iter().map(|&row| observations.time_s[row]).collect();
        let ceilings: Vec<f32> = indices.iter().map(|&row| self.taken[row]).collect();
        fit(&PooledData {
            inputs: inputs.view(),
            anchor: anchor.view(),
            outcomes: &subsample.outcomes,
            accounts: &accounts,
            time_s: &time_s,
            weights: &subsample.weights,
            ceilings: &ceilings,
        })
    }
}

fn row_slice(matrix: &Array2<f32>, row: usize) -> &[f32] {
    let width = matrix.ncols();
    let all = matrix.as_slice().expect("the matrices are laid out row by row");
    &all[row * width..(row + 1) * width]
}

/// Rows of a subset without most of the uneventful ones; the remaining ones have a larger weight.
pub(super) struct Subsample {
    pub(super) rows: Vec<u32>,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) weights: Vec<f32>,
}

/// One in this many rows without a following liquidation is kept, because landmarks a few hours
/// apart are nearly identical.
const SUBSAMPLING: usize = 3;

impl Subset {
    /// The rows of positions that are not stuck.
    pub(super) fn not_stuck(&self, states: &[PositionState]) -> Self {
        self.select(|row| states[row] != PositionState::Stuck)
    }

    fn select(&self, keep: impl Fn(usize) -> bool) -> Self {
        let kept = || (0..self.rows.len()).filter(|&i| keep(self.rows[i] as usize));
        Self {
            rows: kept().map(|i| self.rows[i]).collect(),
            outcomes: kept().map(|i| self.outcomes[i]).collect(),
        }
    }

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
    /// The rows with their known outcomes.
    pub(super) fn known_rows(&self) -> impl Iterator<Item = (usize, &Outcome)> {
        self.rows.iter().map(|&row| row as usize).zip(&self.outcomes)
    }

    fn indices(&self) -> Vec<usize> {
        self.rows.iter().map(|&row| row as usize).collect()
    }
}
