//! What is learnt from: rows as every member sees them, and what was known of their outcomes.

use candle_core::Result;
use ndarray::{Array2, Axis};
use plimsoll_features::{LIQUIDATED, Observations, Outcome};
use rayon::prelude::*;

use super::options::TrainOptions;
use crate::forecast::ensemble::ModelInput;
use crate::forecast::incidence::MILESTONES;
use crate::input::anchor::Anchor;
use crate::input::covariates::Covariates;
use crate::input::dataset::Dataset;
use crate::input::grid::{INTERVALS, edges_days};
use crate::input::net_inputs::NetInputs;
use crate::members::{DirectMembers, MEMBER_SPECS, WeightedLabels};
use plimsoll_tabm::QuantileTransformer;

/// All rows before the end of the training span.
pub(super) struct TrainingSet {
    pub(super) covariates: Array2<f32>,
    scaled: Array2<f32>,
    anchor: Array2<f32>,
}

/// Some of the rows, with what was known of them.
pub(super) struct Subset {
    pub(super) rows: Vec<u32>,
    pub(super) outcomes: Vec<Outcome>,
}

impl TrainingSet {
    /// Lays the rows out; the scaler learns from all of them, which takes no outcome.
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

    /// A row as members see it.
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

    /// A thinned part as tensors.
    pub(super) fn dataset(&self, part: &Subsample) -> Result<Dataset> {
        let places: Vec<usize> = part.rows.iter().map(|&row| row as usize).collect();
        let pick = |matrix: &Array2<f32>| matrix.select(Axis(0), &places);
        let (scaled, anchor) = (pick(&self.scaled), pick(&self.anchor));
        Dataset::new(scaled.view(), anchor.view(), &part.outcomes, &part.weights)
    }

    /// The direct members of each milestone, fitted to a part.
    pub(super) fn fit_members(&self, part: &Subsample, seed: u64) -> Vec<DirectMembers> {
        let milestone = |(recipe, milestone): (_, usize)| {
            let days = edges_days()[milestone + 1];
            let followed: Vec<usize> = part.followed_up(days).collect();
            let pick = |of: &[f32]| -> Vec<f32> { followed.iter().map(|&i| of[i]).collect() };
            let rows: Vec<usize> = followed.iter().map(|&i| part.rows[i] as usize).collect();
            let verdict = |&i: &usize| liquidated_within(&part.outcomes[i], days);
            let positives: Vec<bool> = followed.iter().map(verdict).collect();
            let covariates = self.covariates.select(Axis(0), &rows);
            let verdicts =
                WeightedLabels { positives: &positives, weights: &pick(&part.weights), seed };
            DirectMembers::fit(recipe, covariates.view(), &verdicts)
        };
        MEMBER_SPECS.par_iter().zip(MILESTONES).map(milestone).collect()
    }
}

/// A part of which uneventful rows were left out, and the rest count the more for it.
pub(super) struct Subsample {
    rows: Vec<u32>,
    outcomes: Vec<Outcome>,
    weights: Vec<f32>,
}

/// Of rows without a liquidation ahead one in so many is kept: landmarks a few hours apart tell the
/// same tale.
const SUBSAMPLING: usize = 3;

impl Subset {
    /// Leaves rows out that tell what their neighbours tell.
    pub(super) fn subsample(&self) -> Subsample {
        let horizon_days = edges_days()[INTERVALS];
        let ahead = |i: usize| liquidated_within(&self.outcomes[i], horizon_days);
        let kept = || (0..self.rows.len()).filter(|&i| ahead(i) || i.is_multiple_of(SUBSAMPLING));
        let weight = |i: usize| if ahead(i) { 1.0 } else { SUBSAMPLING as f32 };
        Subsample {
            rows: kept().map(|i| self.rows[i]).collect(),
            outcomes: kept().map(|i| self.outcomes[i]).collect(),
            weights: kept().map(weight).collect(),
        }
    }
}

impl Subsample {
    /// The places in this part of rows that were followed up for so long.
    fn followed_up(&self, days: f64) -> impl Iterator<Item = usize> + '_ {
        (0..self.rows.len()).filter(move |&i| self.outcomes[i].follow_up_days >= days)
    }
}

/// Whether an account was liquidated within so many days.
pub(super) fn liquidated_within(outcome: &Outcome, days: f64) -> bool {
    outcome.event == LIQUIDATED && outcome.duration_days <= days
}
