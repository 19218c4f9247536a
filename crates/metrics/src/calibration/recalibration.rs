//! Logistic recalibration: the slope and intercept that outcomes give a forecast's log odds.

use crate::proper_scores::log_score::clip;
use crate::support::inputs::all_finite;
use crate::support::sums::chunked_sums;

/// Newton's method doubles the digits of each step; more steps mean that there is no maximum.
const MAX_STEPS: usize = 50;
/// Largest change of a coefficient at convergence.
const TOLERANCE: f64 = 1e-10;
/// A half-step is halved again at most this often.
const MAX_HALVINGS: usize = 30;

/// The line `logit P(positive) = intercept + slope * logit(probability)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recalibration {
    /// Slope: 1 if calibrated, below 1 if forecasts are too extreme, above 1 if too moderate.
    pub slope: f64,
    /// Intercept: 0 if calibrated, given the slope.
    pub intercept: f64,
}

/// Fits slope and intercept by maximum likelihood (Cox 1958, Biometrika 45) with Newton's method.
///
/// Probabilities are clipped by [`PROBABILITY_FLOOR`](crate::PROBABILITY_FLOOR). `None` without a
/// positive or a negative row, if all probabilities are equal, or if they separate the positives
/// from the negatives, in which cases the likelihood has no unique maximum.
pub fn logistic_recalibration(probabilities: &[f64], positives: &[bool]) -> Option<Recalibration> {
    if !all_finite(probabilities, positives.len()) {
        return None;
    }
    let log_odds: Vec<f64> = probabilities.iter().map(|&p| logit(clip(p))).collect();
    let rows = Rows { log_odds: &log_odds, positives };
    if !rows.overlap() {
        return None;
    }
    let mut at = Recalibration { slope: 1.0, intercept: 0.0 };
    let mut here = rows.derivatives(at);
    for _ in 0..MAX_STEPS {
        let (step, next, there) = rows.ascend(at, &here)?;
        (at, here) = (next, there);
        if step < TOLERANCE {
            return Some(at);
        }
    }
    None
}

struct Rows<'a> {
    log_odds: &'a [f64],
    positives: &'a [bool],
}

/// Log likelihood of a line, its gradient and the negative of its second derivatives.
struct Derivatives {
    log_likelihood: f64,
    gradient: [f64; 2],
    /// By intercept twice, by both, by slope twice.
    information: [f64; 3],
}

impl Rows<'_> {
    /// Whether the log odds of positives and of negatives overlap in more than one point, so that no
    /// line separates them.
    fn overlap(&self) -> bool {
        let range = |kind: bool| {
            let values = self.log_odds.iter().zip(self.positives).filter(|row| *row.1 == kind);
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (value, _)| {
                (low.min(*value), high.max(*value))
            })
        };
        let ((low, high), (low_negative, high_negative)) = (range(true), range(false));
        low < high_negative && low_negative < high
    }

    fn derivatives(&self, line: Recalibration) -> Derivatives {
        let sums = chunked_sums(self.positives.len(), 6, |row, sums| {
            let x = self.log_odds[row];
            let fitted = line.intercept + line.slope * x;
            let p = 1.0 / (1.0 + (-fitted).exp());
            let positive = f64::from(self.positives[row]);
            let (residual, weight) = (positive - p, p * (1.0 - p));
            let log_likelihood = positive * fitted - softplus(fitted);
            let terms =
                [log_likelihood, residual, residual * x, weight, weight * x, weight * x * x];
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        });
        Derivatives {
            log_likelihood: sums[0],
            gradient: [sums[1], sums[2]],
            information: [sums[3], sums[4], sums[5]],
        }
    }

    /// One step uphill: its size, the line that it leads to and the derivatives there.
    fn ascend(
        &self,
        from: Recalibration,
        here: &Derivatives,
    ) -> Option<(f64, Recalibration, Derivatives)> {
        let [a, b, c] = here.information;
        let determinant = a * c - b * b;
        if determinant <= 0.0 || !determinant.is_finite() {
            return None;
        }
        let [g, h] = here.gradient;
        let (mut intercept, mut slope) =
            ((c * g - b * h) / determinant, (a * h - b * g) / determinant);
        for _ in 0..MAX_HALVINGS {
            let to =
                Recalibration { slope: from.slope + slope, intercept: from.intercept + intercept };
            let there = self.derivatives(to);
            let step = slope.abs().max(intercept.abs());
            if there.log_likelihood >= here.log_likelihood || step < TOLERANCE {
                return Some((step, to, there));
            }
            (slope, intercept) = (slope / 2.0, intercept / 2.0);
        }
        None
    }
}

fn logit(p: f64) -> f64 {
    p.ln() - (-p).ln_1p()
}

/// `ln(1 + e^x)` without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::sampling::hashed_index;
    use crate::test_set::test_rows;

    #[track_caller]
    fn assert_line(found: Option<Recalibration>, slope: f64, intercept: f64, tolerance: f64) {
        let line = found.unwrap();
        assert!((line.slope - slope).abs() < tolerance, "{line:?}");
        assert!((line.intercept - intercept).abs() < tolerance, "{line:?}");
    }

    // With two distinct probabilities the line passes through both observed rates:
    // logit(1/4) = -ln 3 at logit(.1) = -ln 9, logit(3/4) = ln 3 at logit(.5) = 0.
    // The slope is 2 ln 3 / ln 9 = 1 and the intercept ln 3.
    #[test]
    fn two_probabilities_are_fitted_exactly() {
        let probabilities = [0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.5, 0.5];
        let positives = [true, false, false, false, true, true, true, false];
        assert_line(logistic_recalibration(&probabilities, &positives), 1.0, 3.0_f64.ln(), 1e-9);
    }

    // x, b = np.c_[np.ones(120), np.log(r / (1 - r))], np.zeros(2)
    // for _ in range(30):
    //     p = 1 / (1 + np.exp(-x @ b))
    //     b += np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]), x.T @ (e - p))
    #[test]
    fn line_agrees_with_numpy() {
        let set = test_rows();
        let line = logistic_recalibration(&set.risk, &set.events);
        assert_line(line, 0.043395272056961004, -0.4434837025964017, 1e-9);
    }

    /// Forecasts between .001 and .3, and outcomes drawn with `truth(forecast)`.
    fn simulated(truth: impl Fn(f64) -> f64) -> (Vec<f64>, Vec<bool>) {
        let uniform =
            |key: usize| (hashed_index(1 << 40, key as u64) as f64 + 0.5) / 2_f64.powi(40);
        let row = |row: usize| {
            let p = 0.001 * 300_f64.powf(uniform(2 * row));
            (p, uniform(2 * row + 1) < truth(p))
        };
        (0..100_000).map(row).unzip()
    }

    #[test]
    fn calibrated_simulation_has_slope_one_and_intercept_zero() {
        let (probabilities, positives) = simulated(|p| p);
        assert_line(logistic_recalibration(&probabilities, &positives), 1.0, 0.0, 0.05);
    }

    #[test]
    fn known_distortion_is_recovered_and_its_correction_is_calibrated() {
        let corrected = |p: f64| 1.0 / (1.0 + (-(0.5 + 0.7 * logit(p))).exp());
        let (probabilities, positives) = simulated(corrected);
        let line = logistic_recalibration(&probabilities, &positives);
        assert_line(line, 0.7, 0.5, 0.05);
        let Recalibration { slope, intercept } = line.unwrap();
        let fitted = |p: &f64| 1.0 / (1.0 + (-(intercept + slope * logit(*p))).exp());
        let again: Vec<f64> = probabilities.iter().map(fitted).collect();
        assert_line(logistic_recalibration(&again, &positives), 1.0, 0.0, 1e-9);
    }

    #[test]
    fn one_class_one_probability_and_separated_classes_are_undefined() {
        assert_eq!(logistic_recalibration(&[0.1, 0.2], &[true, true]), None);
        assert_eq!(logistic_recalibration(&[0.1, 0.1], &[true, false]), None);
        assert_eq!(logistic_recalibration(&[0.1, 0.2, 0.3], &[false, false, true]), None);
        assert_eq!(logistic_recalibration(&[0.1, 0.2, 0.2], &[false, false, true]), None);
        assert_eq!(logistic_recalibration(&[0.3], &[true, false]), None);
    }
}
