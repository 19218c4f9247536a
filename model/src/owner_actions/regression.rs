//! Penalised generalised linear models, fitted by Newton's method with signs of coefficients.

use plimsoll_numerics::{logistic, solve_positive_definite};

/// Largest change of a linear predictor in a step, which keeps Newton's method stable.
const MAX_STEP: f64 = 2.0;
const MAX_ITERATIONS: usize = 30;
/// Change of a standardised coefficient at which the fit has converged.
const TOLERANCE: f64 = 1e-3;
/// A column with a smaller variance, relative to its mean square, is constant.
const MIN_VARIANCE_SHARE: f64 = 1e-9;
/// Bounds of a linear predictor.
const PREDICTOR_LIMITS: (f64, f64) = (-20.0, 5.0);

/// The distribution of the labels, with its canonical link.
#[derive(Debug, Clone, Copy)]
pub(super) enum Family {
    /// Counts; the mean is `exposure exp(predictor)`.
    Poisson,
    /// Shares; the mean is `logistic(predictor)`, and the exposure a weight.
    Logistic,
    /// Real numbers with variance 1; the mean is the predictor, and the exposure a weight.
    Gaussian,
}

/// The constraint on a coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Free,
    NotNegative,
    NotPositive,
}

/// Rows of columns, the constant first.
#[derive(Debug)]
pub(super) struct Design {
    pub(super) columns: usize,
    /// Rows one after another.
    pub(super) values: Vec<f64>,
}

impl Design {
    pub(super) fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// Variance of each column; 0 for the constant.
    fn variances(&self, rows: &[usize]) -> Vec<f64> {
        let count = rows.len().max(1) as f64;
        let (mut sums, mut squares) = (vec![0.0; self.columns], vec![0.0; self.columns]);
        for &row in rows {
            for (j, x) in self.row(row).iter().enumerate() {
                sums[j] += x;
                squares[j] += x * x;
            }
        }
        let variance = |(sum, square): (&f64, &f64)| {
            let (mean, mean_square) = (sum / count, square / count);
            let variance = mean_square - mean * mean;
            // A constant column is a multiple of the first; rounding leaves it some variance.
            if variance > MIN_VARIANCE_SHARE * mean_square { variance } else { 0.0 }
        };
        sums.iter().zip(&squares).map(variance).collect()
    }
}

/// What to fit.
#[derive(Debug)]
pub(super) struct Regression<'a> {
    pub(super) family: Family,
    pub(super) design: &'a Design,
    /// Rows of the design that count.
    pub(super) rows: &'a [usize],
    /// Labels and exposures of all rows of the design.
    pub(super) labels: &'a [f64],
    pub(super) exposure: &'a [f64],
    /// Penalty of half the square of a coefficient of a column with variance 1.
    pub(super) ridge: f64,
    /// The sign of each coefficient.
    pub(super) signs: &'a [Sign],
}

impl Regression<'_> {
    /// The coefficients with the lowest penalised loss; `start` is near them.
    pub(super) fn fit(&self, start: Vec<f64>) -> Vec<f64> {
        let variances = self.design.variances(self.rows);
        let mut coefficients = start;
        for _ in 0..MAX_ITERATIONS {
            let (gradient, hessian) = self.derivatives(&coefficients, &variances);
            let step = self.step(&coefficients, &gradient, &hessian, &variances);
            let largest = self.rows.iter().map(|&row| dot(self.design.row(row), &step).abs());
            let scale = (MAX_STEP / largest.fold(MAX_STEP, f64::max)).min(1.0);
            let mut change: f64 = 0.0;
            for (j, value) in coefficients.iter_mut().enumerate() {
                let next = self.signs[j].clamp(*value + scale * step[j]);
                let deviation = if j == 0 { 1.0 } else { variances[j].sqrt() };
                change = change.max((next - *value).abs() * deviation);
                *value = next;
            }
            if change < TOLERANCE {
                break;
            }
        }
        coefficients
    }

    /// Gradient of the log likelihood less the penalty, and the lower half of the negative Hessian.
    fn derivatives(&self, coefficients: &[f64], variances: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let n = coefficients.len();
        let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
        for &row in self.rows {
            let x = self.design.row(row);
            let (residual, weight) = self.residual(row, dot(x, coefficients));
            for (i, &value) in x.iter().enumerate().filter(|(_, value)| **value != 0.0) {
                gradient[i] += residual * value;
                let factor = weight * value;
                for (sum, other) in hessian[i * n..=i * n + i].iter_mut().zip(x) {
                    *sum += factor * other;
                }
            }
        }
        for j in 1..n {
            gradient[j] -= self.ridge * variances[j] * coefficients[j];
            hessian[j * n + j] += self.ridge * variances[j];
        }
        (gradient, hessian)
    }

    fn residual(&self, row: usize, predictor: f64) -> (f64, f64) {
        let (label, exposure) = (self.labels[row], self.exposure[row]);
        match self.family {
            Family::Poisson => {
                let expected = exposure * bounded_exp(predictor);
                (label - expected, expected)
            }
            Family::Logistic => {
                let p = logistic(predictor);
                (exposure * (label - p), exposure * p * (1.0 - p))
            }
            Family::Gaussian => (exposure * (label - predictor), exposure),
        }
    }

    /// Newton's step of the coefficients that neither are constant nor pushed against their sign
    /// (Bertsekas 1982, projected Newton methods).
    fn step(
        &self,
        coefficients: &[f64],
        gradient: &[f64],
        hessian: &[f64],
        variances: &[f64],
    ) -> Vec<f64> {
        let n = coefficients.len();
        let is_free = |&j: &usize| {
            let pushed = coefficients[j] == 0.0 && self.signs[j].clamp(gradient[j]) == 0.0;
            j == 0 || (variances[j] > 0.0 && !(self.signs[j] != Sign::Free && pushed))
        };
        let free: Vec<usize> = (0..n).filter(is_free).collect();
        let solved =
            solve_positive_definite(free.iter().map(|&j| gradient[j]).collect(), |i, j| {
                hessian[free[i] * n + free[j]]
            });
        let mut step = vec![0.0; n];
        free.iter().zip(&solved).for_each(|(&j, &value)| step[j] = value);
        step
    }
}

impl Sign {
    fn clamp(self, value: f64) -> f64 {
        match self {
            Self::Free => value,
            Self::NotNegative => value.max(0.0),
            Self::NotPositive => value.min(0.0),
        }
    }
}

/// exp of a predictor within its bounds.
pub(super) fn bounded_exp(predictor: f64) -> f64 {
    predictor.clamp(PREDICTOR_LIMITS.0, PREDICTOR_LIMITS.1).exp()
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One column, 0 or 1, in 4 rows each.
    fn two_groups(labels: &[f64; 8], family: Family, sign: Sign, ridge: f64) -> Vec<f64> {
        let values = (0..8).flat_map(|row| [1.0, f64::from(row / 4)]).collect();
        let design = Design { columns: 2, values };
        let (rows, exposure) = ((0..8).collect::<Vec<_>>(), [2.0; 8]);
        let signs = [Sign::Free, sign];
        let (design, rows, signs) = (&design, &rows, &signs);
        let (labels, exposure) = (labels.as_slice(), exposure.as_slice());
        Regression { family, design, rows, labels, exposure, ridge, signs }.fit(vec![0.0; 2])
    }

    #[test]
    fn rates_of_two_groups_are_their_counts_over_their_exposures() {
        let labels = [1.0, 0.0, 1.0, 0.0, 4.0, 2.0, 2.0, 0.0];
        let fitted = two_groups(&labels, Family::Poisson, Sign::Free, 0.0);
        assert!((fitted[0] - 0.25_f64.ln()).abs() < 1e-4, "{fitted:?}");
        assert!((fitted[1] - 4.0_f64.ln()).abs() < 1e-4, "{fitted:?}");
    }

    #[test]
    fn shares_of_two_groups_are_their_means() {
        let labels = [1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0];
        let fitted = two_groups(&labels, Family::Logistic, Sign::Free, 0.0);
        assert!((logistic(fitted[0]) - 0.25).abs() < 1e-4);
        assert!((logistic(fitted[0] + fitted[1]) - 0.75).abs() < 1e-4);
    }

    #[test]
    fn a_coefficient_of_the_wrong_sign_is_zero_and_the_constant_is_the_mean() {
        let labels = [1.0, 0.0, 1.0, 0.0, 4.0, 2.0, 2.0, 0.0];
        let fitted = two_groups(&labels, Family::Poisson, Sign::NotPositive, 0.0);
        assert_eq!(fitted[1], 0.0);
        assert!((fitted[0] - (10.0_f64 / 16.0).ln()).abs() < 1e-3, "{fitted:?}");
    }

    #[test]
    fn a_constant_column_has_no_coefficient() {
        let values = (0..8).flat_map(|row| [1.0, 0.1 + 0.2, f64::from(row / 4)]).collect();
        let design = Design { columns: 3, values };
        let fitted = Regression {
            family: Family::Poisson,
            design: &design,
            rows: &(0..8).collect::<Vec<_>>(),
            labels: &[1.0, 0.0, 1.0, 0.0, 4.0, 2.0, 2.0, 0.0],
            exposure: &[2.0; 8],
            ridge: 0.0,
            signs: &[Sign::Free; 3],
        }
        .fit(vec![0.0; 3]);
        assert_eq!(fitted[1], 0.0);
        assert!((fitted[2] - 4.0_f64.ln()).abs() < 1e-4, "{fitted:?}");
    }

    #[test]
    fn a_penalty_shrinks_coefficients() {
        let labels = [1.0, 0.0, 1.0, 0.0, 4.0, 2.0, 2.0, 0.0];
        let at = |ridge: f64| two_groups(&labels, Family::Poisson, Sign::Free, ridge)[1];
        assert!(at(0.0) > at(10.0) && at(10.0) > at(1_000.0) && at(1_000.0) > 0.0);
    }
}
