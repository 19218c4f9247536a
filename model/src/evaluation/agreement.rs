//! Agreement of forecasts with true probabilities, where these are known.

use plimsoll_lake::Horizon;
use serde::Serialize;

use crate::forecast::forecasts::Forecasts;
use crate::input::grid::horizon_column;
use plimsoll_metrics::rank_correlation;

/// Comparison of forecasts of liquidation within a horizon with the true probabilities; each figure
/// is absent where it is undefined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Agreement {
    /// Number of compared rows.
    pub rows: usize,
    /// Spearman's rank correlation; undefined if either side is constant.
    pub rank_correlation: Option<f64>,
    /// Mean absolute difference.
    pub mean_absolute_error: Option<f64>,
    /// Mean forecast.
    pub mean_forecast: Option<f64>,
    /// Mean of the true probabilities; the bias is the mean forecast minus this.
    pub mean_truth: Option<f64>,
}

/// Compares forecasts of liquidation with its true probabilities, row by row, at each of
/// [`Horizon::ALL`].
///
/// # Panics
/// If there are not as many true rows as forecasts.
#[must_use]
pub fn agreement(forecasts: &Forecasts, truth: &Forecasts) -> Vec<(Horizon, Agreement)> {
    assert_eq!(forecasts.len(), truth.len(), "one row of true probabilities per forecast");
    let at = |horizon: Horizon| {
        let column = horizon_column(horizon);
        let probabilities = forecasts.liquidated.column(column).to_vec();
        (horizon, compare(&probabilities, &truth.liquidated.column(column).to_vec()))
    };
    Horizon::ALL.map(at).into()
}

fn compare(forecasts: &[f64], truth: &[f64]) -> Agreement {
    let rows = forecasts.len();
    let mean = |sum: f64| (rows > 0).then(|| sum / rows as f64);
    let errors = forecasts.iter().zip(truth).map(|(forecast, truth)| (forecast - truth).abs());
    Agreement {
        rows,
        rank_correlation: rank_correlation(forecasts, truth),
        mean_absolute_error: mean(errors.sum()),
        mean_forecast: mean(forecasts.iter().sum()),
        mean_truth: mean(truth.iter().sum()),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::input::grid::INTERVALS;

    /// Incidences that increase with the row and the interval.
    fn rising_forecasts(scale: f64) -> Forecasts {
        let liquidated = Array2::from_shape_fn((5, INTERVALS), |(row, k)| {
            scale * ((row + 1) * (k + 1)) as f64 / 80.0
        });
        Forecasts { closed: liquidated.clone(), liquidated, intervals: None, states: None }
    }

    #[test]
    fn truth_agrees_with_itself() {
        for (name, agreement) in agreement(&rising_forecasts(1.0), &rising_forecasts(1.0)) {
            assert_eq!(agreement.rank_correlation, Some(1.0), "{name}");
            assert_eq!(agreement.mean_absolute_error, Some(0.0), "{name}");
            assert_eq!(agreement.mean_forecast, agreement.mean_truth, "{name}");
        }
    }

    #[test]
    fn bias_changes_means_and_not_ranks() {
        let halved = agreement(&rising_forecasts(0.5), &rising_forecasts(1.0));
        let (horizon, month) = halved[Horizon::Days30.index()];
        // The mean over rows of (row + 1) * 14 / 80 is 3 * 14 / 80.
        let truth = 3.0 * 14.0 / 80.0;
        assert_eq!((horizon, month.rows, month.rank_correlation), (Horizon::Days30, 5, Some(1.0)));
        for (figure, expected) in [
            (month.mean_truth, truth),
            (month.mean_forecast, truth / 2.0),
            (month.mean_absolute_error, truth / 2.0),
        ] {
            assert!((figure.unwrap() - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn empty_input_has_no_figures() {
        let none = Forecasts::from_rows(&[]).unwrap();
        let (_, agreement) = agreement(&none, &none)[0];
        assert_eq!((agreement.rows, agreement.mean_truth), (0, None));
        assert_eq!(agreement.rank_correlation, None);
    }
}
