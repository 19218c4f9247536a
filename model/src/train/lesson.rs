//! What is learnt from: rows as every member sees them, and what was known of their outcomes.

use candle_core::Result;
use ndarray::{Array2, Axis};
use plimsoll_features::{LIQUIDATED, Observations, Outcome};
use rayon::prelude::*;

use crate::TrainOptions;
use crate::anchor::Anchor;
use crate::covariates::Covariates;
use crate::dataset::Dataset;
use crate::grid::{INTERVALS, edges_days};
use crate::inputs::Inputs;
use crate::members::{Members, RECIPES, Verdicts};
use crate::panel::Sight;
use plimsoll_tabm::Scaler;
use crate::tilt::MILESTONES;

/// All rows before the end of the training span.
pub(super) struct Lesson {
    pub(super) covariates: Array2<f32>,
    scaled: Array2<f32>,
    anchor: Array2<f32>,
}

/// Some of the rows, with what was known of them.
pub(super) struct Part {
    pub(super) rows: Vec<u32>,
    pub(super) outcomes: Vec<Outcome>,
}

impl Lesson {
    /// Lays the rows out; the scaler learns from all of them, which takes no outcome.
    pub(super) fn new(observations: &Observations, options: &TrainOptions) -> (Self, Scaler) {
        let features = observations.features.view();
        let covariates = Covariates::without(options.without).of(features);
        let inputs = Inputs::new().of(covariates.view());
        let scaler = Scaler::fit(inputs.view());
        let scaled = scaler.transform(inputs.view());
        let anchor = Anchor::without(options.without).log_odds(features);
        (Self { covariates, scaled, anchor }, scaler)
    }

    /// A row as members see it.
    pub(super) fn sight(&self, row: usize) -> Sight<'_> {
        fn slice(matrix: &Array2<f32>, row: usize) -> &[f32] {
            let width = matrix.ncols();
            let all = matrix.as_slice().expect("the matrices are laid out row by row");
            &all[row * width..(row + 1) * width]
        }
        Sight {
            covariates: slice(&self.covariates, row),
            scaled: slice(&self.scaled, row),
            anchor: slice(&self.anchor, row),
        }
    }

    /// A thinned part as tensors.
    pub(super) fn dataset(&self, part: &Thinned) -> Result<Dataset> {
        let places: Vec<usize> = part.rows.iter().map(|&row| row as usize).collect();
        let pick = |matrix: &Array2<f32>| matrix.select(Axis(0), &places);
        let (scaled, anchor) = (pick(&self.scaled), pick(&self.anchor));
        Dataset::new(scaled.view(), anchor.view(), &part.outcomes, &part.weights)
    }

    /// The direct members of each milestone, fitted to a part.
    pub(super) fn members(&self, part: &Thinned, seed: u64) -> Vec<Members> {
        let milestone = |(recipe, milestone): (_, usize)| {
            let days = edges_days()[milestone + 1];
            let followed: Vec<usize> = part.followed(days).collect();
            let pick = |of: &[f32]| -> Vec<f32> { followed.iter().map(|&i| of[i]).collect() };
            let rows: Vec<usize> = followed.iter().map(|&i| part.rows[i] as usize).collect();
            let verdict = |&i: &usize| within(&part.outcomes[i], days);
            let positives: Vec<bool> = followed.iter().map(verdict).collect();
            let covariates = self.covariates.select(Axis(0), &rows);
            let verdicts = Verdicts { positives: &positives, weights: &pick(&part.weights), seed };
            Members::fit(recipe, covariates.view(), &verdicts)
        };
        RECIPES.par_iter().zip(MILESTONES).map(milestone).collect()
    }
}

/// A part of which uneventful rows were left out, and the rest count the more for it.
pub(super) struct Thinned {
    rows: Vec<u32>,
    outcomes: Vec<Outcome>,
    weights: Vec<f32>,
}

/// Of rows without a liquidation ahead one in so many is kept: landmarks a few hours apart tell the
/// same tale.
const THINNING: usize = 3;

impl Part {
    /// Leaves rows out that tell what their neighbours tell.
    pub(super) fn thinned(&self) -> Thinned {
        let horizon_days = edges_days()[INTERVALS];
        let ahead = |i: usize| within(&self.outcomes[i], horizon_days);
        let kept = || (0..self.rows.len()).filter(|&i| ahead(i) || i.is_multiple_of(THINNING));
        let weight = |i: usize| if ahead(i) { 1.0 } else { THINNING as f32 };
        Thinned {
            rows: kept().map(|i| self.rows[i]).collect(),
            outcomes: kept().map(|i| self.outcomes[i]).collect(),
            weights: kept().map(weight).collect(),
        }
    }
}

impl Thinned {
    /// The places in this part of rows that were followed up for so long.
    fn followed(&self, days: f64) -> impl Iterator<Item = usize> + '_ {
        (0..self.rows.len()).filter(move |&i| self.outcomes[i].follow_up_days >= days)
    }
}

/// Whether an account was liquidated within so many days.
pub(super) fn within(outcome: &Outcome, days: f64) -> bool {
    outcome.event == LIQUIDATED && outcome.duration_days <= days
}
