//! Forecasts of accounts from their features.

use ndarray::{Array2, ArrayView2, Axis};
use plimsoll_lake::Horizon;
use plimsoll_numerics::logistic;
use rayon::prelude::*;

use super::conformal::{ConformalIntervals, log_odds_spreads};
use super::ensemble::{Ensemble, EnsembleCurves, ModelInput, clamped_log_odds};
use super::forecasts::{Forecasts, PositionStates, PredictionIntervals};
use super::incidence::CumulativeIncidence;
use super::preprocessor::{Preprocessor, TransformedRow};
use super::threshold_model::{AccountContext, ThresholdModel};
use crate::input::grid::{INTERVALS, horizon_column};
use crate::input::training_domain::{FeatureColumns, TrainingDomain};
use crate::members::liquidatable::position_state::PositionState;
use crate::members::pooled::curve::LiquidationCurve;
use crate::net::inference::BLOCK_ROWS;

/// Columns of the milestones among the edges except the first: 24 h, 7 d and 30 d. Widths of
/// intervals are calibrated there.
pub(crate) const MILESTONES: [usize; 3] = [
    horizon_column(Horizon::Hours24),
    horizon_column(Horizon::Days7),
    horizon_column(Horizon::Days30),
];
/// Intervals of accounts outside the range of the training data are wider by this factor.
const OUT_OF_RANGE_FACTOR: f64 = 1.5;
/// An interval ends at this multiple of the probability that the price falls to the threshold, which
/// is an upper bound of the probability of liquidation but for owners who withdraw.
const CROSSING_FACTOR: f64 = 3.0;
/// Multiple of the floor for owners who withdraw, at the upper end.
const FLOOR_FACTOR: f64 = 5.0;

/// The least upper end that a bound leaves, as a multiple of the probability.
const MIN_UPPER_FACTOR: f64 = 2.0;

/// All parameters that a forecast needs.
#[derive(Debug, Clone)]
pub(crate) struct Scorer {
    pub(crate) preprocessor: Preprocessor,
    pub(crate) ensemble: Ensemble,
    pub(crate) threshold: ThresholdModel,
    pub(crate) intervals: Vec<ConformalIntervals>,
    pub(crate) domain: TrainingDomain,
    pub(crate) domain_columns: FeatureColumns,
}

/// Forecast of one account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccountForecast {
    pub(crate) incidence: CumulativeIncidence,
    /// Lower and upper ends of the prediction interval at each horizon.
    pub(crate) lower: [f64; Horizon::COUNT],
    pub(crate) upper: [f64; Horizon::COUNT],
    pub(crate) out_of_range: bool,
    pub(crate) state: PositionState,
    pub(crate) taken: f64,
}

impl Scorer {
    /// Forecasts some accounts.
    pub(crate) fn score(&self, features: ArrayView2<'_, f32>) -> Vec<AccountForecast> {
        let transform = |row| self.preprocessor.transform(row);
        let rows: Vec<TransformedRow> = features.rows().into_iter().map(transform).collect();
        let inputs: Vec<ModelInput<'_>> = rows.iter().map(TransformedRow::input).collect();
        let predictions = self.ensemble.predict(&inputs);
        predictions.iter().zip(&inputs).map(|(curves, input)| self.combine(curves, input)).collect()
    }

    /// Combines the members' predictions for one account.
    fn combine(&self, curves: &EnsembleCurves, input: &ModelInput<'_>) -> AccountForecast {
        let context = self.threshold.context(input);
        let liquidated = self.threshold.apply(&self.ensemble.mean(curves), &context);
        let incidence = CumulativeIncidence::new(liquidated, &curves.closing_hazards);
        let out_of_range = self.domain.is_outside(&self.domain_columns, input.covariates);
        let half_widths = self.half_widths(curves, &context, out_of_range);
        let [lower, upper] = self.interval(&liquidated, &half_widths, &context, input);
        let AccountContext { state, taken, .. } = context;
        AccountForecast { incidence, lower, upper, out_of_range, state, taken }
    }

    /// Half widths of the intervals of log odds by horizon. A horizon has the width factor of the
    /// first milestone at or after it.
    fn half_widths(
        &self,
        curves: &EnsembleCurves,
        context: &AccountContext,
        out_of_range: bool,
    ) -> [f64; Horizon::COUNT] {
        let columns = Horizon::ALL.map(horizon_column);
        let served = |curve: &LiquidationCurve| self.threshold.apply(curve, context);
        let spreads = log_odds_spreads(&self.ensemble.weights, curves, columns, served);
        let factor = if out_of_range { OUT_OF_RANGE_FACTOR } else { 1.0 };
        std::array::from_fn(|i| {
            let milestone = MILESTONES.partition_point(|&milestone| milestone < columns[i]);
            factor * self.intervals[milestone].half_width(context.log_health, spreads[i])
        })
    }

    /// Both ends of the interval by horizon; each end rises with the horizon, and the curve lies
    /// between them.
    fn interval(
        &self,
        liquidated: &LiquidationCurve,
        half_widths: &[f64; Horizon::COUNT],
        context: &AccountContext,
        input: &ModelInput<'_>,
    ) -> [[f64; Horizon::COUNT]; 2] {
        let (mut lower, mut upper) = ([0.0; Horizon::COUNT], [0.0; Horizon::COUNT]);
        let mut before = [0.0_f64; 2];
        for (i, horizon) in Horizon::ALL.into_iter().enumerate() {
            let column = horizon_column(horizon);
            let p = liquidated[column];
            let end = |side: f64| logistic(clamped_log_odds(p) + side * half_widths[i]);
            let bound = self.upper_bound(column, context, input).max(MIN_UPPER_FACTOR * p);
            before = [before[0].max(end(-1.0)).min(p), before[1].max(end(1.0).min(bound)).max(p)];
            [lower[i], upper[i]] = before;
        }
        [lower, upper]
    }

    /// The highest plausible probability by an edge: the price has to fall to the threshold, unless
    /// the owner withdraws.
    fn upper_bound(&self, column: usize, context: &AccountContext, input: &ModelInput<'_>) -> f64 {
        let crossing = CROSSING_FACTOR * logistic(f64::from(input.excursion[column]));
        let withdrawing = FLOOR_FACTOR * self.threshold.floor()[column];
        let either = 1.0 - (1.0 - crossing.min(1.0)) * (1.0 - withdrawing.min(1.0));
        if context.state == PositionState::Open { either } else { 1.0 }
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
                cold_start: vec![false; forecasts.len()],
            }),
            states: Some(PositionStates {
                state: forecasts.iter().map(|forecast| forecast.state).collect(),
                p_taken: forecasts.iter().map(|forecast| forecast.taken).collect(),
            }),
        }
    }
}
