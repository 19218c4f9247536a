//! The generalised Pareto distribution of excesses over a threshold.

/// A generalised Pareto distribution of excesses: `P(X > x) = (1 + shape x / scale)^(-1/shape)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct GeneralizedPareto {
    /// `xi`; 0 is the exponential, above 0 tails are heavy.
    pub shape: f64,
    /// `beta`, in the unit of the excesses.
    pub scale: f64,
}

/// Shapes closer to 0 than this are treated as exponential.
const SHAPE_TOLERANCE: f64 = 1e-9;

impl GeneralizedPareto {
    /// Fits the distribution by probability-weighted moments; scale 0 if there is no excess.
    ///
    /// Hosking and Wallis (1987), Parameter and Quantile Estimation for the Generalized Pareto
    /// Distribution: with `a0 = E X`, `a1 = E X (1 - F(X))` and plotting positions `(i - .35) / n`,
    /// `xi = 2 - a0 / (a0 - 2 a1)`, `beta = 2 a0 a1 / (a0 - 2 a1)`.
    ///
    /// # Panics
    /// If the excesses are not in ascending order.
    #[must_use]
    pub(crate) fn fit(excesses: &[f64]) -> Self {
        assert!(excesses.is_sorted(), "excesses ascend");
        let n = excesses.len() as f64;
        let above = |index: usize| 1.0 - (index as f64 + 1.0 - 0.35) / n;
        let first = excesses.iter().sum::<f64>() / n;
        let weighted = excesses.iter().enumerate().map(|(index, x)| x * above(index));
        let second = weighted.sum::<f64>() / n;
        let difference = first - 2.0 * second;
        if first.is_nan() || first <= 0.0 || difference <= 0.0 {
            return Self { shape: 0.0, scale: first.max(0.0) };
        }
        Self { shape: 2.0 - first / difference, scale: 2.0 * first * second / difference }
    }

    /// The excess that is exceeded with this probability, `beta / xi (p^-xi - 1)`.
    #[must_use]
    pub(crate) fn inverse_survival(&self, probability: f64) -> f64 {
        let Self { shape, scale } = *self;
        if shape.abs() < SHAPE_TOLERANCE {
            -scale * probability.ln()
        } else {
            scale / shape * (probability.powf(-shape) - 1.0)
        }
    }

    /// The mean of the excesses above one, `(x + beta) / (1 - xi)`; infinite from shape 1 on.
    #[must_use]
    pub(crate) fn mean_above(&self, excess: f64) -> f64 {
        let Self { shape, scale } = *self;
        if shape < 1.0 { (excess + scale) / (1.0 - shape) } else { f64::INFINITY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quantiles of a known distribution, evenly spaced.
    fn sample(distribution: GeneralizedPareto, n: usize) -> Vec<f64> {
        let exceedance = |i: usize| 1.0 - (i as f64 + 0.5) / n as f64;
        (0..n).map(|i| distribution.inverse_survival(exceedance(i))).collect()
    }

    #[test]
    fn fit_recovers_the_distribution_of_a_sample() {
        for (shape, scale) in [(-0.2, 2.0), (0.0, 1.0), (0.2, 0.7), (0.35, 3.0)] {
            let fitted =
                GeneralizedPareto::fit(&sample(GeneralizedPareto { shape, scale }, 20_000));
            assert!((fitted.shape - shape).abs() < 0.01, "{shape}: {fitted:?}");
            assert!((fitted.scale / scale - 1.0).abs() < 0.01, "{scale}: {fitted:?}");
        }
    }

    #[test]
    fn quantiles_match_the_closed_form() {
        let heavy = GeneralizedPareto { shape: 0.25, scale: 2.0 };
        assert!((heavy.inverse_survival(0.01) - 8.0 * (100_f64.powf(0.25) - 1.0)).abs() < 1e-12);
        let exponential = GeneralizedPareto { shape: 0.0, scale: 2.0 };
        assert!((exponential.inverse_survival(0.01) - 9.210_340_371_976_184).abs() < 1e-12);
        let nearly = GeneralizedPareto { shape: 1e-7, scale: 2.0 };
        assert!((nearly.inverse_survival(0.01) - exponential.inverse_survival(0.01)).abs() < 1e-5);
    }

    #[test]
    fn mean_above_a_quantile_matches_the_sample_mean() {
        let distribution = GeneralizedPareto { shape: 0.2, scale: 1.5 };
        let sample = sample(distribution, 400_000);
        let tail = &sample[380_000..];
        let mean = tail.iter().sum::<f64>() / tail.len() as f64;
        let expected = distribution.mean_above(distribution.inverse_survival(0.05));
        assert!((mean / expected - 1.0).abs() < 2e-3, "{mean} {expected}");
        assert_eq!(GeneralizedPareto { shape: 1.0, scale: 1.0 }.mean_above(3.0), f64::INFINITY);
    }

    #[test]
    fn zero_excesses_fit_scale_zero() {
        assert_eq!(GeneralizedPareto::fit(&[0.0; 9]).inverse_survival(0.001), 0.0);
        assert_eq!(GeneralizedPareto::fit(&[]).inverse_survival(0.001), 0.0);
    }
}
