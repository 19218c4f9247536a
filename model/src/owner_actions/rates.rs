//! The rate of a kind of action, given an account's state.

use serde::{Deserialize, Serialize};

use super::regression::{bounded_exp, dot};
use super::spline::SplineBasis;

/// Upper bound of a rate, per day: an action every half hour. Nothing above it was observed for
/// long enough to estimate it.
const MAX_PER_DAY: f64 = 48.0;

/// A log-linear model of a rate per day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RateModel {
    /// Coefficients of the columns of the spline basis, the constant first.
    pub(super) coefficients: Vec<f64>,
}

impl RateModel {
    /// The same rate for all accounts.
    pub(super) fn constant(per_day: f64) -> Self {
        let mut coefficients = vec![0.0; SplineBasis::shared().columns()];
        coefficients[0] = per_day.ln();
        Self { coefficients }
    }

    /// The rate for a row of columns.
    pub(super) fn per_day(&self, row: &[f64]) -> f64 {
        bounded_exp(dot(&self.coefficients, row)).min(MAX_PER_DAY)
    }

    pub(super) fn is_complete(&self) -> bool {
        self.coefficients.len() == SplineBasis::shared().columns()
            && self.coefficients.iter().all(|value| value.is_finite())
    }
}
