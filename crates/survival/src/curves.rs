//! Forecasts on a grid of times.

use ndarray::Array2;

use crate::hazard::interpolation::interpolate;

/// Survival and cumulative incidence of rows on a common grid of times.
///
/// Curves are linear between times and constant after the last.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalCurves {
    /// Ascending, from 0.
    pub times: Vec<f64>,
    /// Rows by times.
    pub survival: Array2<f64>,
    /// For each cause, rows by times; with survival they sum to 1.
    pub incidence: Vec<Array2<f64>>,
}

impl SurvivalCurves {
    /// The probability that a row lasts longer than `time`.
    #[must_use]
    pub fn survival_at(&self, row: usize, time: f64) -> f64 {
        self.interpolate_at(&self.survival, row, time)
    }

    /// The probability that a cause, counted from 1, has ended a row by `time`.
    #[must_use]
    pub fn incidence_at(&self, row: usize, cause: u8, time: f64) -> f64 {
        self.interpolate_at(&self.incidence[usize::from(cause) - 1], row, time)
    }

    fn interpolate_at(&self, curves: &Array2<f64>, row: usize, time: f64) -> f64 {
        let curve = curves.row(row);
        interpolate(&self.times, curve.as_slice().expect("rows are contiguous"), time)
    }
}
