//! Scoring: features in, cumulative incidences out.

use ndarray::{Array2, ArrayView2, s};
use plimsoll_features::{HORIZONS, feature_count};
use rayon::prelude::*;

use crate::dataset::tensor;
use crate::grid::{INTERVALS, edges, horizon_columns};
use crate::inputs::prepare;
use crate::{Model, ModelError};

/// Rows that go through the net at once.
///
/// Every block is filled up to this size: a matrix product of another shape may add in another
/// order, and an account's probability must not depend on who is scored with it.
const BLOCK_ROWS: usize = 64;

/// Cumulative incidences of some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecasts {
    /// Probability of liquidation by each edge but the first, rows by [`INTERVALS`].
    pub liquidated: Array2<f64>,
    /// Probability of closing, likewise.
    pub closed: Array2<f64>,
}

impl Model {
    /// Forecasts each row of features, in the order of [`FEATURES`](plimsoll_features::FEATURES).
    ///
    /// A row's forecast has the same bits whichever rows stand beside it.
    ///
    /// # Errors
    /// [`ModelError::FeatureMismatch`] if the rows have another length.
    pub fn forecast(&self, features: ArrayView2<'_, f32>) -> Result<Forecasts, ModelError> {
        if features.ncols() != feature_count() {
            let found = format!("rows have {}, not {}", features.ncols(), feature_count());
            return Err(ModelError::FeatureMismatch(found));
        }
        let rows = features.nrows();
        let starts: Vec<usize> = (0..rows).step_by(BLOCK_ROWS).collect();
        let block = |&start: &usize| {
            self.block(features.slice(s![start..rows.min(start + BLOCK_ROWS), ..]))
        };
        let blocks = starts.par_iter().map(block).collect::<Result<Vec<_>, _>>()?;
        let mut forecasts = Forecasts { liquidated: empty(rows), closed: empty(rows) };
        for (start, block) in starts.into_iter().zip(blocks) {
            let end = rows.min(start + BLOCK_ROWS);
            forecasts.liquidated.slice_mut(s![start..end, ..]).assign(&block.liquidated);
            forecasts.closed.slice_mut(s![start..end, ..]).assign(&block.closed);
        }
        Ok(forecasts)
    }

    fn block(&self, features: ArrayView2<'_, f32>) -> Result<Forecasts, ModelError> {
        let rows = features.nrows();
        let (scaled, anchor) = prepare(self.scaler(), features);
        let full = |matrix: Array2<f32>| {
            let mut block = Array2::zeros((BLOCK_ROWS, matrix.ncols()));
            block.slice_mut(s![..rows, ..]).assign(&matrix);
            tensor(block.view())
        };
        let (liquidated, closed) = self.net().forward(&full(scaled)?, &full(anchor)?)?;
        let (liquidated, closed) = (liquidated.to_vec2::<f32>()?, closed.to_vec2::<f32>()?);
        let mut forecasts = Forecasts { liquidated: empty(rows), closed: empty(rows) };
        for row in 0..rows {
            let (first, second) = incidence(&liquidated[row], &closed[row]);
            forecasts
                .liquidated
                .row_mut(row)
                .iter_mut()
                .zip(first)
                .for_each(|(to, from)| *to = from);
            forecasts.closed.row_mut(row).iter_mut().zip(second).for_each(|(to, from)| *to = from);
        }
        Ok(forecasts)
    }
}

fn empty(rows: usize) -> Array2<f64> {
    Array2::zeros((rows, INTERVALS))
}

/// Adds the hazards of a row up to cumulative incidences of both causes.
fn incidence(liquidated: &[f32], closed: &[f32]) -> ([f64; INTERVALS], [f64; INTERVALS]) {
    let (mut first, mut second) = ([0.0; INTERVALS], [0.0; INTERVALS]);
    let (mut survival, mut sum_first, mut sum_second) = (1.0, 0.0, 0.0);
    for k in 0..INTERVALS {
        let (a, b) = (f64::from(liquidated[k]), f64::from(closed[k]));
        let top = a.max(b).max(0.0);
        let (stay, a, b) = ((-top).exp(), (a - top).exp(), (b - top).exp());
        let scale = survival / (stay + a + b);
        sum_first += scale * a;
        sum_second += scale * b;
        survival = scale * stay;
        (first[k], second[k]) = (sum_first, sum_second);
    }
    (first, second)
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
pub fn interpolate(incidence: ndarray::ArrayView1<'_, f64>, days: f64) -> f64 {
    let edges = edges();
    let k = edges[1..].partition_point(|&edge| edge < days);
    if k >= INTERVALS {
        return incidence[INTERVALS - 1];
    }
    let before = if k == 0 { 0.0 } else { incidence[k - 1] };
    before + (incidence[k] - before) * ((days - edges[k]) / (edges[k + 1] - edges[k])).max(0.0)
}
