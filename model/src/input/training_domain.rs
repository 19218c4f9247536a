//! The range of the training data, to flag forecasts of accounts outside of it.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::covariate_index::covariate_index;

/// The checked covariates: those with the largest effect on a forecast that do not grow over
/// calendar time.
const DOMAIN_FEATURES: [&str; 6] = [
    "log_health_factor",
    "log_health_factor_spot",
    "volatility_24h",
    "volatility_720h",
    "log_debt_usd",
    "health_dwell_720h",
];
/// Tolerance beyond the minimum and the maximum, as a share of their distance.
const MARGIN: f32 = 0.02;

/// Columns of the checked covariates.
pub(crate) type FeatureColumns = [usize; DOMAIN_FEATURES.len()];

/// Minimum and maximum of each checked covariate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrainingDomain {
    limits: Vec<(f32, f32)>,
}

impl TrainingDomain {
    /// Computes the ranges of rows of covariates.
    pub(crate) fn fit(covariates: ArrayView2<'_, f32>) -> Self {
        let limits = DOMAIN_FEATURES.map(|name| {
            let known =
                covariates.column(covariate_index(name)).into_iter().filter(|x| x.is_finite());
            let ends = known.fold((f32::INFINITY, f32::NEG_INFINITY), |(min, max), &x| {
                (min.min(x), max.max(x))
            });
            // A covariate that was never known has no range; infinities would not survive JSON.
            if ends.0 <= ends.1 { ends } else { (f32::MIN / 4.0, f32::MAX / 4.0) }
        });
        Self { limits: limits.to_vec() }
    }

    /// Columns of the checked covariates in a row of covariates.
    pub(crate) fn columns() -> FeatureColumns {
        DOMAIN_FEATURES.map(covariate_index)
    }

    /// Whether a row of covariates lies outside the range of the training data.
    pub(crate) fn is_outside(&self, columns: &FeatureColumns, covariates: &[f32]) -> bool {
        let beyond = |(&column, &(min, max)): (&usize, &(f32, f32))| {
            let (x, margin) = (covariates[column], MARGIN * (max - min));
            x < min - margin || x > max + margin
        };
        columns.iter().zip(&self.limits).any(beyond)
    }

    /// Whether there is one range per checked covariate.
    pub(crate) fn is_complete(&self) -> bool {
        self.limits.len() == DOMAIN_FEATURES.len()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::input::covariates::Covariates;

    #[test]
    fn values_beyond_the_margin_are_outside_and_missing_values_are_not() {
        let mut rows = Array2::<f32>::zeros((2, Covariates::count()));
        rows.row_mut(1).fill(1.0);
        let domain = TrainingDomain::fit(rows.view());
        let left = |value: f32| {
            let mut row = vec![0.5; Covariates::count()];
            row[covariate_index("volatility_24h")] = value;
            domain.is_outside(&TrainingDomain::columns(), &row)
        };
        assert!(left(1.1) && left(-0.1));
        assert!(!left(1.01) && !left(0.0) && !left(f32::NAN));
    }
}
