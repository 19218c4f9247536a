//! Forecasts for markets that the model was not trained on: flagged, with wider intervals.

use ndarray::ArrayView2;
use plimsoll_lake::Horizon;
use plimsoll_numerics::logistic;

use super::ensemble::clamped_log_odds;
use super::forecasts::{Forecasts, PredictionIntervals};
use super::model::Model;
use crate::error::ModelError;

/// Intervals of a market that the model was not trained on are wider by this factor: their widths
/// are calibrated on the markets of the training data, and do not contain the difference between
/// markets.
const COLD_START_FACTOR: f64 = 2.0;

impl Model {
    /// Whether the model was trained on no account of a market, `<chain>/<protocol>/<market>`; false for a
    /// model that does not record its markets.
    #[must_use]
    pub fn is_cold_start(&self, market: &str) -> bool {
        let markets = &self.manifest().training.markets;
        !markets.is_empty() && !markets.iter().any(|trained| trained.is_named(market))
    }

    /// Forecasts rows of features of one market's accounts; those of a market that the model was not
    /// trained on are flagged, and have wider intervals.
    ///
    /// # Errors
    /// As [`Model::forecast`].
    pub fn forecast_market(
        &self,
        features: ArrayView2<'_, f32>,
        market: &str,
    ) -> Result<Forecasts, ModelError> {
        let mut forecasts = self.forecast(features)?;
        if self.is_cold_start(market) {
            forecasts.flag_cold_start(|_| true);
        }
        Ok(forecasts)
    }
}

impl Forecasts {
    /// Flags rows as of a market that the model was not trained on, and widens their intervals.
    pub(crate) fn flag_cold_start(&mut self, is_cold_start: impl Fn(usize) -> bool) {
        for row in (0..self.len()).filter(|&row| is_cold_start(row)) {
            let liquidated = self.p_liquidated(row);
            if let Some(intervals) = &mut self.intervals {
                intervals.widen(row, &liquidated);
                intervals.cold_start[row] = true;
            }
        }
    }
}

impl PredictionIntervals {
    /// Moves both ends of a row's intervals away from the probabilities, in log odds; each end still
    /// rises with the horizon.
    fn widen(&mut self, row: usize, liquidated: &[f64; Horizon::COUNT]) {
        let mut before = [0.0_f64; 2];
        for (i, &p) in liquidated.iter().enumerate() {
            let away = |end: f64| {
                let centre = clamped_log_odds(p);
                logistic(centre + COLD_START_FACTOR * (clamped_log_odds(end) - centre))
            };
            let (lower, upper) = (&mut self.lower[[row, i]], &mut self.upper[[row, i]]);
            // The logistic of a clamped value may differ from an end of exactly 0 or 1.
            let ends = [away(*lower).min(*lower), away(*upper).max(*upper)];
            before = [before[0].max(ends[0]).min(p), before[1].max(ends[1])];
            [*lower, *upper] = before;
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::input::grid::{INTERVALS, horizon_column};

    /// One row whose probabilities, and ends of intervals around them, rise with the horizon.
    fn one_row(steps: &[f64], half_width: f64) -> Forecasts {
        let curve: Vec<f64> = steps
            .iter()
            .scan(-9.0, |log_odds, step| {
                *log_odds += step;
                Some(logistic(*log_odds))
            })
            .collect();
        let liquidated = Array2::from_shape_vec((1, INTERVALS), curve).expect("a row");
        let end = |side: f64| {
            Array2::from_shape_fn((1, Horizon::COUNT), |(row, i)| {
                let p = liquidated[[row, horizon_column(Horizon::ALL[i])]];
                logistic(clamped_log_odds(p) + side * half_width)
            })
        };
        let (lower, upper) = (end(-1.0), end(1.0));
        let flags = vec![false];
        Forecasts {
            closed: Array2::zeros((1, INTERVALS)),
            liquidated,
            intervals: Some(PredictionIntervals {
                lower,
                upper,
                out_of_range: flags.clone(),
                cold_start: flags,
            }),
            states: None,
        }
    }

    proptest! {
        #[test]
        fn cold_start_widens_intervals_and_keeps_probabilities(
            steps in prop::collection::vec(0.0_f64..2.0, INTERVALS),
            half_width in 0.0_f64..4.0,
        ) {
            let known = one_row(&steps, half_width);
            let mut cold = known.clone();
            cold.flag_cold_start(|row| row == 0);
            prop_assert_eq!(&cold.liquidated, &known.liquidated);
            let (cold, known_ends) = (cold.intervals.unwrap(), known.intervals.clone().unwrap());
            prop_assert_eq!(&cold.cold_start, &[true]);
            for (i, p) in known.p_liquidated(0).into_iter().enumerate() {
                let (lower, upper) = (cold.lower[[0, i]], cold.upper[[0, i]]);
                prop_assert!(lower <= known_ends.lower[[0, i]] && lower >= 0.0);
                prop_assert!(upper >= known_ends.upper[[0, i]] && upper <= 1.0);
                prop_assert!(lower <= p && p <= upper);
                if i > 0 {
                    prop_assert!(lower >= cold.lower[[0, i - 1]]);
                    prop_assert!(upper >= cold.upper[[0, i - 1]]);
                }
            }
        }
    }

    #[test]
    fn half_widths_of_log_odds_are_multiplied() {
        let mut cold = one_row(&[0.3; INTERVALS], 0.5);
        let p = clamped_log_odds(cold.p_liquidated(0)[2]);
        cold.flag_cold_start(|_| true);
        let intervals = cold.intervals.unwrap();
        let half = COLD_START_FACTOR * 0.5;
        assert!((clamped_log_odds(intervals.upper[[0, 2]]) - p - half).abs() < 1e-9);
        assert!((p - clamped_log_odds(intervals.lower[[0, 2]]) - half).abs() < 1e-9);
    }
}
