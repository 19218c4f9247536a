//! A probability that rises with one quantity, such as that a liquidator takes a position.

use plimsoll_numerics::logistic;
use serde::{Deserialize, Serialize};

const NEWTON_STEPS: usize = 60;
/// Smaller probabilities count as this one, so that a label of 1 has a finite likelihood.
pub(crate) const MIN_TAKEN: f64 = 1e-4;

/// `P(event) = logistic(intercept + slope * x)` with a positive slope. Whether a liquidator takes a
/// position has the logarithm of its profit over the cost of gas as `x`, on either side of the
/// threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MonotoneResponse {
    intercept: f64,
    slope: f64,
}

/// Mean and precision of the normal priors of both parameters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ResponsePrior {
    pub(crate) intercept: (f64, f64),
    pub(crate) slope: (f64, f64),
    /// The probability never falls: no liquidator prefers a smaller profit.
    pub(crate) min_slope: f64,
}

/// Prior of who is ever taken: at break-even half of the positions, at three times the cost of gas
/// nine in ten, and at a third one in ten.
pub(crate) const EVER_TAKEN_PRIOR: ResponsePrior =
    ResponsePrior { intercept: (0.0, 2.0), slope: (2.0, 4.0), min_slope: 0.5 };

/// A position, and whether it was taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// What the probability rises with.
    pub(crate) margin: f64,
    pub(crate) is_taken: bool,
    pub(crate) weight: f64,
}

impl MonotoneResponse {
    /// The maximum a posteriori estimate; positions without a margin are left out.
    pub(crate) fn fit(positions: &[Taken], prior: &ResponsePrior) -> Self {
        let (intercept_prior, slope_prior) = (prior.intercept, prior.slope);
        let (mut intercept, mut slope) = (intercept_prior.0, slope_prior.0);
        let known = || positions.iter().filter(|position| !position.margin.is_nan());
        for _ in 0..NEWTON_STEPS {
            let (p0, p1) = (intercept_prior.1, slope_prior.1);
            let mut g = [p0 * (intercept_prior.0 - intercept), p1 * (slope_prior.0 - slope)];
            let mut h = [p0, 0.0, p1];
            for Taken { margin, is_taken, weight } in known() {
                let x = margin.clamp(-10.0, 10.0);
                let p = logistic(intercept + slope * x);
                let residual = weight * (f64::from(u8::from(*is_taken)) - p);
                let information = weight * p * (1.0 - p);
                g = [g[0] + residual, g[1] + residual * x];
                h = [h[0] + information, h[1] + information * x, h[2] + information * x * x];
            }
            let determinant = h[0] * h[2] - h[1] * h[1];
            let slope_step = ((h[0] * g[1] - h[1] * g[0]) / determinant).clamp(-1.0, 1.0);
            let next_slope = (slope + slope_step).max(prior.min_slope);
            // The best intercept for the next slope, which may be at its bound.
            let intercept_step = (g[0] - h[1] * (next_slope - slope)) / h[0];
            intercept += intercept_step.clamp(-1.0, 1.0);
            slope = next_slope;
        }
        Self { intercept, slope }
    }

    /// The probability; an unknown margin counts as ample.
    pub(crate) fn probability(&self, margin: f64) -> f64 {
        if margin.is_nan() {
            return 1.0;
        }
        logistic(self.intercept + self.slope * margin).max(MIN_TAKEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_data_the_prior_applies() {
        let response = MonotoneResponse::fit(&[], &EVER_TAKEN_PRIOR);
        assert!((response.probability(0.0) - 0.5).abs() < 1e-9);
        assert!(response.probability(3_f64.ln()) > 0.89 && response.probability(-3.0) < 0.01);
        assert_eq!(response.probability(f64::NAN), 1.0);
    }

    #[test]
    fn a_known_response_is_recovered() {
        let position = |n: u32| {
            let margin = f64::from(n % 80) / 10.0 - 4.0;
            let u = (f64::from(n) * 0.618_033_988_75).fract();
            Taken { margin, is_taken: u < logistic(-1.0 + 1.5 * margin), weight: 1.0 }
        };
        let positions: Vec<Taken> = (0..20_000).map(position).collect();
        let MonotoneResponse { intercept, slope } =
            MonotoneResponse::fit(&positions, &EVER_TAKEN_PRIOR);
        assert!((intercept + 1.0).abs() < 0.1 && (slope - 1.5).abs() < 0.1, "{intercept} {slope}");
    }

    #[test]
    fn the_response_never_falls_with_the_margin() {
        let absurd: Vec<Taken> = (-50..50)
            .map(|n| Taken { margin: f64::from(n) / 10.0, is_taken: n < 0, weight: 5.0 })
            .collect();
        let response = MonotoneResponse::fit(&absurd, &EVER_TAKEN_PRIOR);
        assert!(response.probability(1.0) >= response.probability(-1.0));
    }

    #[test]
    fn unknown_margins_are_left_out() {
        let unknown = Taken { margin: f64::NAN, is_taken: true, weight: 1.0 };
        let prior = MonotoneResponse::fit(&[], &EVER_TAKEN_PRIOR);
        assert_eq!(MonotoneResponse::fit(&[unknown], &EVER_TAKEN_PRIOR), prior);
    }

    #[test]
    fn the_rate_is_right_even_where_the_slope_is_at_its_bound() {
        // Those with the larger margins are taken less often, and only one in ten at all.
        let position = |n: u32| {
            let margin = 5.0 + f64::from(n % 50) / 25.0;
            Taken { margin, is_taken: n % 50 < 5, weight: 1.0 }
        };
        let positions: Vec<Taken> = (0..5_000).map(position).collect();
        let response = MonotoneResponse::fit(&positions, &EVER_TAKEN_PRIOR);
        let mean = positions.iter().map(|p| response.probability(p.margin)).sum::<f64>() / 5_000.0;
        assert!(
            response.slope == EVER_TAKEN_PRIOR.min_slope && (mean - 0.1).abs() < 0.01,
            "{mean}"
        );
    }
}
