//! Forecasts: cumulative incidences of rows, and how sure they are.

use ndarray::Array2;
use plimsoll_features::HORIZONS;

use crate::input::grid::{INTERVALS, grid_edges_days, horizon_columns};

/// How many horizons there are.
pub(crate) const HORIZON_COUNT: usize = HORIZONS.len();

/// Cumulative incidences of some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecasts {
    /// Probability of liquidation by each edge but the first, rows by [`INTERVALS`].
    pub liquidated: Array2<f64>,
    /// Probability of closing, likewise.
    pub closed: Array2<f64>,
    /// How sure the forecaster is; absent where it does not say.
    pub intervals: Option<PredictionIntervals>,
}

/// How sure a forecaster is of its probabilities of liquidation.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionIntervals {
    /// Lower ends, rows by [`HORIZONS`].
    pub lower: Array2<f64>,
    /// Upper ends, likewise.
    pub upper: Array2<f64>,
    /// Whether the row lies outside of what was seen in training.
    pub out_of_range: Vec<bool>,
}

impl Forecasts {
    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.liquidated.nrows()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Probabilities of liquidation of a row at each of [`HORIZONS`].
    #[must_use]
    pub fn p_liquidated(&self, row: usize) -> [f64; HORIZONS.len()] {
        at_horizons(&self.liquidated, row)
    }

    /// Probabilities of closing of a row at each of [`HORIZONS`].
    #[must_use]
    pub fn p_closed(&self, row: usize) -> [f64; HORIZONS.len()] {
        at_horizons(&self.closed, row)
    }
}

fn at_horizons(incidence: &Array2<f64>, row: usize) -> [f64; HORIZONS.len()] {
    horizon_columns().map(|column| incidence[[row, column]])
}

/// Reads a cumulative incidence between its edges, along a straight line; beyond the last edge it
/// stays.
#[must_use]
pub(crate) fn interpolate_incidence(incidence: ndarray::ArrayView1<'_, f64>, days: f64) -> f64 {
    let edges = grid_edges_days();
    let k = edges[1..].partition_point(|&edge| edge < days);
    if k >= INTERVALS {
        return incidence[INTERVALS - 1];
    }
    let before = if k == 0 { 0.0 } else { incidence[k - 1] };
    before + (incidence[k] - before) * ((days - edges[k]) / (edges[k + 1] - edges[k])).max(0.0)
}
