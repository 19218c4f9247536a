//! From an account's features to its forecast.

use ndarray::{Array2, ArrayView1, ArrayView2};
use rayon::prelude::*;

use super::conformal::{ConformalIntervals, log_odds_spread};
use super::ensemble::{Ensemble, MemberPredictions, ModelInput, clamped_log_odds};
use super::forecasts::{Forecasts, HORIZON_COUNT, PredictionIntervals};
use super::incidence::{CumulativeIncidence, MILESTONES};
use super::preprocessor::Preprocessor;
use crate::input::covariate_index::covariate_index;
use crate::input::grid::{INTERVALS, horizon_columns};
use crate::input::training_domain::{FeatureColumns, TrainingDomain};
use crate::members::Stacker;

/// Rows that one task takes.
const BLOCK_ROWS: usize = 64;
/// What one milestone's probability has more than the one before, at least.
const MIN_INCREASE: f64 = 1e-9;

/// All that a forecast takes.
#[derive(Debug, Clone)]
pub(crate) struct Scorer {
    preprocessor: Preprocessor,
    ensemble: Ensemble,
    stackers: Vec<Stacker>,
    intervals: Vec<ConformalIntervals>,
    domain: TrainingDomain,
    domain_columns: FeatureColumns,
    log_health: usize,
}

/// One account's forecast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccountForecast {
    pub(crate) incidence: CumulativeIncidence,
    /// Ends of the interval at each horizon.
    pub(crate) lower: [f64; HORIZON_COUNT],
    pub(crate) upper: [f64; HORIZON_COUNT],
    pub(crate) out_of_range: bool,
}

impl Scorer {
    pub(crate) fn new(
        preprocessor: Preprocessor,
        ensemble: Ensemble,
        stackers: Vec<Stacker>,
        intervals: Vec<ConformalIntervals>,
        domain: TrainingDomain,
    ) -> Self {
        let (domain_columns, log_health) =
            (TrainingDomain::columns(), covariate_index("log_health"));
        Self { preprocessor, ensemble, stackers, intervals, domain, domain_columns, log_health }
    }

    /// Forecasts one account.
    pub(crate) fn score(&self, features: ArrayView1<'_, f32>) -> AccountForecast {
        self.preprocessor.transform(features, |sight| {
            let opinion = self.ensemble.predict(sight);
            let curves = opinion
                .net_odds
                .rescaled_to(self.milestone_probabilities(&opinion))
                .cumulative_incidence();
            let (lower, upper) = self.prediction_interval(&opinion, &curves, sight);
            let out_of_range = self.domain.is_outside(&self.domain_columns, sight.covariates);
            AccountForecast { incidence: curves, lower, upper, out_of_range }
        })
    }

    /// Probabilities of liquidation by the milestones, each above the one before.
    fn milestone_probabilities(&self, opinion: &MemberPredictions) -> [f64; MILESTONES.len()] {
        let mut before = 0.0;
        std::array::from_fn(|i| {
            let log_odds = self.stackers[i].log_odds(&opinion.probabilities[i]);
            before = (1.0 / (1.0 + (-log_odds).exp())).max(before + MIN_INCREASE);
            before
        })
    }

    /// Each horizon has the width, in log odds, of the first milestone at or after it.
    fn prediction_interval(
        &self,
        opinion: &MemberPredictions,
        curves: &CumulativeIncidence,
        sight: &ModelInput<'_>,
    ) -> ([f64; HORIZON_COUNT], [f64; HORIZON_COUNT]) {
        let log_health = f64::from(sight.covariates[self.log_health]);
        let half_widths: [f64; MILESTONES.len()] = std::array::from_fn(|i| {
            let spread = log_odds_spread(
                &self.stackers[i],
                &opinion.probabilities[i],
                opinion.net_variance[i],
            );
            self.intervals[i].half_width(log_health, spread)
        });
        let end = |side: f64| {
            horizon_columns().map(|column| {
                let milestone = MILESTONES.partition_point(|&milestone| milestone < column);
                let p = curves.liquidated[column];
                let z = clamped_log_odds(p) + side * half_widths[milestone];
                let p_end = 1.0 / (1.0 + (-z).exp());
                if side < 0.0 { p_end.min(p) } else { p_end.max(p) }
            })
        };
        (end(-1.0), end(1.0))
    }

    /// Forecasts rows of features.
    pub(crate) fn forecast(&self, features: ArrayView2<'_, f32>) -> Forecasts {
        let score = |row: usize| self.score(features.row(row));
        let rows = 0..features.nrows();
        // What is one task's work needs no other thread to wake.
        let scored: Vec<AccountForecast> = if rows.len() <= BLOCK_ROWS {
            rows.map(score).collect()
        } else {
            rows.into_par_iter().with_min_len(BLOCK_ROWS).map(score).collect()
        };
        let matrix = |columns: usize, of: &dyn Fn(&AccountForecast, usize) -> f64| {
            Array2::from_shape_fn((scored.len(), columns), |(row, k)| of(&scored[row], k))
        };
        Forecasts {
            liquidated: matrix(INTERVALS, &|scored, k| scored.incidence.liquidated[k]),
            closed: matrix(INTERVALS, &|scored, k| scored.incidence.closed[k]),
            intervals: Some(PredictionIntervals {
                lower: matrix(HORIZON_COUNT, &|scored, k| scored.lower[k]),
                upper: matrix(HORIZON_COUNT, &|scored, k| scored.upper[k]),
                out_of_range: scored.iter().map(|scored| scored.out_of_range).collect(),
            }),
        }
    }
}
