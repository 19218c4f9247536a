//! A forecast of volatility over a horizon from past volatilities.

use plimsoll_numerics::solve_positive_definite;
use serde::{Deserialize, Serialize};

/// Half-lives of the past volatilities, hours, as in the features `volatility_6h` to
/// `volatility_720h`.
pub(crate) const HALF_LIVES_HOURS: [f64; 5] = [6.0, 24.0, 72.0, 168.0, 720.0];
/// Number of past volatilities.
pub(crate) const VOLATILITY_COUNT: usize = HALF_LIVES_HOURS.len();
/// Ridge penalty per row: past volatilities are nearly collinear.
const RIDGE_PER_ROW: f64 = 0.01;
/// Smaller volatilities count as this one, per square root of a year.
const MIN_VOLATILITY: f64 = 1e-4;

/// `ln sigma = intercept + sum of weights * (ln past volatility - mean)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VolatilityForecast {
    means: [f64; VOLATILITY_COUNT],
    weights: [f64; VOLATILITY_COUNT],
    intercept: f64,
}

/// One start of a horizon: past log volatilities, and the log of the realised volatility.
#[derive(Debug, Clone, Copy)]
pub(super) struct RealisedVolatility {
    pub(super) past: [f64; VOLATILITY_COUNT],
    pub(super) log_realised: f64,
}

impl VolatilityForecast {
    /// The root mean square of the volatilities of a day, a week and a month, where there are too few
    /// prices for a fit.
    pub(super) fn unfitted() -> Self {
        Self {
            means: [0.0; 5],
            weights: [0.0, 1.0 / 3.0, 0.0, 1.0 / 3.0, 1.0 / 3.0],
            intercept: 0.0,
        }
    }

    /// A ridge regression of half the log realised variance (Corsi 2009, heterogeneous
    /// autoregression, on logarithms).
    pub(super) fn fit(rows: &[RealisedVolatility]) -> Self {
        let count = rows.len().max(1) as f64;
        let mean = |value: &dyn Fn(&RealisedVolatility) -> f64| {
            rows.iter().map(value).sum::<f64>() / count
        };
        let means: [f64; VOLATILITY_COUNT] = std::array::from_fn(|i| mean(&|row| row.past[i]));
        let intercept = mean(&|row| row.log_realised);
        let covariance = |i: usize, j: usize| {
            let product =
                |row: &RealisedVolatility| (row.past[i] - means[i]) * (row.past[j] - means[j]);
            mean(&product) + if i == j { RIDGE_PER_ROW } else { 0.0 }
        };
        let target = (0..VOLATILITY_COUNT)
            .map(|i| mean(&|row| (row.past[i] - means[i]) * (row.log_realised - intercept)));
        let weights = solve_positive_definite(target.collect(), covariance);
        let weights = std::array::from_fn(|i| weights[i]);
        Self { means, weights, intercept }
    }

    /// The forecast, per square root of a year. Unknown past volatilities count as their mean.
    pub(crate) fn sigma(&self, past: &[f64; VOLATILITY_COUNT]) -> f64 {
        let term = |i: usize| {
            if past[i].is_finite() { self.weights[i] * (past[i] - self.means[i]) } else { 0.0 }
        };
        (self.intercept + (0..VOLATILITY_COUNT).map(term).sum::<f64>()).exp()
    }
}

/// The logarithm of a volatility, bounded from below; NaN stays NaN.
pub(crate) fn log_volatility(volatility: f64) -> f64 {
    if volatility < MIN_VOLATILITY { MIN_VOLATILITY.ln() } else { volatility.ln() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_relation_is_recovered() {
        let row = |n: usize| {
            let past = std::array::from_fn(|i| ((n * (i + 3)) % 17) as f64 / 8.0 - 1.0);
            RealisedVolatility { past, log_realised: 0.3 + 0.5 * past[0] + 0.25 * past[4] }
        };
        let rows: Vec<RealisedVolatility> = (0..5_000).map(row).collect();
        let forecast = VolatilityForecast::fit(&rows);
        for row in rows.iter().take(100) {
            assert!((forecast.sigma(&row.past).ln() - row.log_realised).abs() < 0.05);
        }
    }

    #[test]
    fn unknown_volatilities_leave_a_finite_forecast() {
        assert_eq!(VolatilityForecast::unfitted().sigma(&[f64::NAN; 5]), 1.0);
    }
}
