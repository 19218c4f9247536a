//! Forecasts: cumulative incidences and prediction intervals.

use ndarray::{Array2, ArrayView1};
use plimsoll_lake::Horizon;

use super::incidence::CumulativeIncidence;
use crate::input::grid::{INTERVALS, grid_edges_days, horizon_column};
use crate::members::liquidatable::position_state::PositionState;

/// Cumulative incidences of some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecasts {
    /// Probability of liquidation by each edge except the first, rows by [`INTERVALS`].
    pub liquidated: Array2<f64>,
    /// Probability of closing, in the same shape.
    pub closed: Array2<f64>,
    /// Prediction intervals; absent if the forecaster gives none.
    pub intervals: Option<PredictionIntervals>,
    /// States of the positions; absent if the forecaster gives none.
    pub states: Option<PositionStates>,
}

/// States of positions relative to the threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct PositionStates {
    /// Each row's state.
    pub state: Vec<PositionState>,
    /// The probability that a liquidator takes the position once it is below the threshold.
    pub p_taken: Vec<f64>,
}

/// Prediction intervals of probabilities of liquidation.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionIntervals {
    /// Lower ends, rows by [`Horizon::ALL`].
    pub lower: Array2<f64>,
    /// Upper ends, in the same shape.
    pub upper: Array2<f64>,
    /// Whether the row lies outside the range of the training data.
    pub out_of_range: Vec<bool>,
    /// Whether the row is of a market that the model was not trained on, for which the interval is
    /// wider.
    pub cold_start: Vec<bool>,
}

impl Forecasts {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.liquidated.nrows()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Both curves of a row.
    #[must_use]
    pub fn incidence(&self, row: usize) -> CumulativeIncidence {
        let curve = |curves: &Array2<f64>| std::array::from_fn(|k| curves[[row, k]]);
        CumulativeIncidence { liquidated: curve(&self.liquidated), closed: curve(&self.closed) }
    }

    /// Probabilities of liquidation of a row at each of [`Horizon::ALL`].
    #[must_use]
    pub fn p_liquidated(&self, row: usize) -> [f64; Horizon::COUNT] {
        at_horizons(&self.liquidated, row)
    }

    /// Probabilities of closing of a row at each of [`Horizon::ALL`].
    #[must_use]
    pub fn p_closed(&self, row: usize) -> [f64; Horizon::COUNT] {
        at_horizons(&self.closed, row)
    }
}

/// The column of a horizon in a matrix of cumulative incidences, rows by [`INTERVALS`].
#[must_use]
pub fn at_horizon(incidence: &Array2<f64>, horizon: Horizon) -> ArrayView1<'_, f64> {
    incidence.column(horizon_column(horizon))
}

fn at_horizons(incidence: &Array2<f64>, row: usize) -> [f64; Horizon::COUNT] {
    Horizon::ALL.map(|horizon| incidence[[row, horizon_column(horizon)]])
}

/// Interpolates a cumulative incidence linearly between edges; it is constant after the last edge.
#[must_use]
pub(crate) fn interpolate_incidence(incidence: ArrayView1<'_, f64>, days: f64) -> f64 {
    let edges = grid_edges_days();
    let k = edges[1..].partition_point(|&edge| edge < days);
    if k >= INTERVALS {
        return incidence[INTERVALS - 1];
    }
    let before = if k == 0 { 0.0 } else { incidence[k - 1] };
    before + (incidence[k] - before) * ((days - edges[k]) / (edges[k + 1] - edges[k])).max(0.0)
}
