//! Forecasts of accounts from their features.

use ndarray::{Array2, ArrayView2, Axis};
use plimsoll_lake::Horizon;
use plimsoll_numerics::logistic;
use rayon::prelude::*;

use super::conformal::{ConformalIntervals, log_odds_spread};
use super::ensemble::{Ensemble, MemberPredictions, ModelInput, clamped_log_odds};
use super::forecasts::{Forecasts, PredictionIntervals};
use super::incidence::{CumulativeIncidence, MILESTONES};
use super::preprocessor::{Preprocessor, TransformedRow};
use crate::input::covariate_index::covariate_index;
use crate::input::grid::{INTERVALS, horizon_column};
use crate::input::training_domain::{FeatureColumns, TrainingDomain};
use crate::members::Stacker;
use crate::net::inference::BLOCK_ROWS;

/// Minimum increase of the probability from one milestone to the next.
const MIN_INCREASE: f64 = 1e-9;

/// All parameters that a forecast needs.
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

/// Forecast of one account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccountForecast {
    pub(crate) incidence: CumulativeIncidence,
    /// Lower and upper ends of the prediction interval at each horizon.
    pub(crate) lower: [f64; Horizon::COUNT],
    pub(crate) upper: [f64; Horizon::COUNT],
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

    /// Forecasts some accounts.
    pub(crate) fn score(&self, features: ArrayView2<'_, f32>) -> Vec<AccountForecast> {
        let transform = |row| self.preprocessor.transform(row);
        let rows: Vec<TransformedRow> = features.rows().into_iter().map(transform).collect();
        let inputs: Vec<ModelInput<'_>> = rows.iter().map(TransformedRow::input).collect();
        let predictions = self.ensemble.predict(&inputs).zip(&inputs);
        predictions.map(|(predictions, input)| self.combine(&predictions, input)).collect()
    }

    /// Combines the members' predictions for one account.
    fn combine(&self, predictions: &MemberPredictions, input: &ModelInput<'_>) -> AccountForecast {
        let incidence = predictions
            .net_odds
            .rescaled_to(self.milestone_probabilities(predictions))
            .cumulative_incidence();
        let (lower, upper) = self.prediction_interval(predictions, &incidence, input);
        let out_of_range = self.domain.is_outside(&self.domain_columns, input.covariates);
        AccountForecast { incidence, lower, upper, out_of_range }
    }

    /// Probabilities of liquidation by the milestones, strictly increasing.
    fn milestone_probabilities(&self, predictions: &MemberPredictions) -> [f64; MILESTONES.len()] {
        let mut before = 0.0;
        std::array::from_fn(|i| {
            let log_odds = self.stackers[i].log_odds(&predictions.probabilities[i]);
            before = logistic(log_odds).max(before + MIN_INCREASE);
            before
        })
    }

    /// Prediction intervals by horizon. A horizon has the width, in log odds, of the first
    /// milestone at or after it.
    fn prediction_interval(
        &self,
        predictions: &MemberPredictions,
        incidence: &CumulativeIncidence,
        input: &ModelInput<'_>,
    ) -> ([f64; Horizon::COUNT], [f64; Horizon::COUNT]) {
        let log_health = f64::from(input.covariates[self.log_health]);
        let half_widths: [f64; MILESTONES.len()] = std::array::from_fn(|i| {
            let spread = log_odds_spread(
                &self.stackers[i],
                &predictions.probabilities[i],
                predictions.net_variance[i],
            );
            self.intervals[i].half_width(log_health, spread)
        });
        let end = |side: f64| {
            Horizon::ALL.map(|horizon| {
                let column = horizon_column(horizon);
                let milestone = MILESTONES.partition_point(|&milestone| milestone < column);
                let p = incidence.liquidated[column];
                let p_end = logistic(clamped_log_odds(p) + side * half_widths[milestone]);
                if side < 0.0 { p_end.min(p) } else { p_end.max(p) }
            })
        };
        (end(-1.0), end(1.0))
    }

    /// Forecasts rows of features.
    pub(crate) fn forecast(&self, features: ArrayView2<'_, f32>) -> Forecasts {
        let blocks: Vec<_> = features.axis_chunks_iter(Axis(0), BLOCK_ROWS).collect();
        // A single task does not need other threads.
        let forecasts: Vec<AccountForecast> = if let [block] = blocks[..] {
            self.score(block)
        } else {
            blocks.into_par_iter().flat_map_iter(|block| self.score(block)).collect()
        };
        let matrix = |columns: usize, value: &dyn Fn(&AccountForecast, usize) -> f64| {
            Array2::from_shape_fn((forecasts.len(), columns), |(row, k)| value(&forecasts[row], k))
        };
        Forecasts {
            liquidated: matrix(INTERVALS, &|forecast, k| forecast.incidence.liquidated[k]),
            closed: matrix(INTERVALS, &|forecast, k| forecast.incidence.closed[k]),
            intervals: Some(PredictionIntervals {
                lower: matrix(Horizon::COUNT, &|forecast, k| forecast.lower[k]),
                upper: matrix(Horizon::COUNT, &|forecast, k| forecast.upper[k]),
                out_of_range: forecasts.iter().map(|forecast| forecast.out_of_range).collect(),
            }),
        }
    }
}
