//! First passage: the probability that a Brownian health factor falls to 1 within a time.

use std::f64::consts::FRAC_1_SQRT_2;

use plimsoll_numerics::{gaussian, normal_cdf, scaled_erfc};

/// Probability that a geometric Brownian health factor falls to 1 or below within `years`.
///
/// With `a = ln HF`, `nu = mu - sigma^2 / 2` and `s = sigma sqrt T` it is
/// `Phi((-a - nu T) / s) + exp(-2 nu a / sigma^2) Phi((-a + nu T) / s)`
/// (Belenko and Vosorov, arXiv 2505.08100), computed without overflow and with full relative
/// precision even for tiny probabilities.
///
/// * `log_health_factor` is `a`; at 0 or below the probability is 1 for every time.
/// * `volatility_per_sqrt_year` is `sigma` of the log health factor; at 0 the probability is 1
///   if the drift alone carries the factor to 1, else 0.
/// * `arithmetic_drift_per_year` is `mu`, the growth of the expected factor,
///   `E[HF_T] = HF exp(mu T)`; the convexity `-sigma^2 / 2` of its logarithm is subtracted
///   here.
/// * `years` is `T`, in years of 365 days, finite; at 0 the probability is 0.
#[must_use]
pub fn first_passage_probability(
    log_health_factor: f64,
    volatility_per_sqrt_year: f64,
    arithmetic_drift_per_year: f64,
    years: f64,
) -> f64 {
    BrownianMotion {
        distance: log_health_factor,
        volatility: volatility_per_sqrt_year,
        drift: arithmetic_drift_per_year,
    }
    .passage_within(years)
    .hit
}

/// Probability of first passage after `years_from` and by `years_to`, given no passage until
/// `years_from`: the hazard `(P(to) - P(from)) / (1 - P(from))` of the interval.
///
/// It is 0 for an empty interval, and 1 where the survival probability is 0, as at a health
/// factor of 1 or below. The other arguments are those of [`first_passage_probability`].
#[must_use]
pub fn conditional_first_passage(
    log_health_factor: f64,
    volatility_per_sqrt_year: f64,
    arithmetic_drift_per_year: f64,
    years_from: f64,
    years_to: f64,
) -> f64 {
    let motion = BrownianMotion {
        distance: log_health_factor,
        volatility: volatility_per_sqrt_year,
        drift: arithmetic_drift_per_year,
    };
    motion.passage_within(years_from).hazard_to(&motion.passage_within(years_to))
}

struct BrownianMotion {
    distance: f64,
    volatility: f64,
    drift: f64,
}

/// Both tails, since the smaller one has the better relative precision.
struct PassageProbability {
    hit: f64,
    survival: f64,
}

impl BrownianMotion {
    fn passage_within(&self, years: f64) -> PassageProbability {
        if self.distance <= 0.0 {
            return PassageProbability::from_hit(1.0);
        }
        if years <= 0.0 {
            return PassageProbability::from_hit(0.0);
        }
        if self.volatility <= 0.0 {
            let reached = self.distance + self.drift * years <= 0.0;
            return PassageProbability::from_hit(if reached { 1.0 } else { 0.0 });
        }
        self.diffusive_passage_within(years)
    }

    // Phi(-z) is gaussian(z) scaled_erfc(z / sqrt 2) / 2, and exp(-2 nu a / sigma^2) times the
    // gaussian of `beyond` equals that of `below`, so no large factor is multiplied by a small one.
    fn diffusive_passage_within(&self, years: f64) -> PassageProbability {
        let spread = self.volatility * years.sqrt();
        let drift = self.drift - 0.5 * self.volatility * self.volatility;
        let below = (self.distance + drift * years) / spread;
        let beyond = (self.distance - drift * years) / spread;
        let density = 0.5 * gaussian(below);
        let tail = |z: f64| scaled_erfc(z * FRAC_1_SQRT_2);
        if below < 0.0 {
            PassageProbability::from_survival(density * (tail(-below) - tail(beyond)))
        } else if beyond < 0.0 {
            let tilt = -2.0 * (drift / self.volatility) * (self.distance / self.volatility);
            PassageProbability::from_hit(density * tail(below) + tilt.exp() * normal_cdf(-beyond))
        } else {
            PassageProbability::from_hit(density * (tail(below) + tail(beyond)))
        }
    }
}

impl PassageProbability {
    fn from_hit(probability: f64) -> Self {
        let hit = probability.clamp(0.0, 1.0);
        Self { hit, survival: 1.0 - hit }
    }

    fn from_survival(probability: f64) -> Self {
        let survival = probability.clamp(0.0, 1.0);
        Self { hit: 1.0 - survival, survival }
    }

    fn hazard_to(&self, end: &Self) -> f64 {
        if self.survival <= 0.0 {
            return 1.0;
        }
        let lost = if self.hit < 0.5 { end.hit - self.hit } else { self.survival - end.survival };
        (lost / self.survival).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // from mpmath import *; mp.dps = 50
    // def P(hf, sigma, days, mu=0):
    //     a, sigma, T = log(mpf(hf)), mpf(sigma), mpf(days) / 365
    //     nu = mu - sigma**2 / 2; s = sigma * sqrt(T)
    //     return ncdf((-a - nu*T) / s) + exp(-2*nu*a / sigma**2) * ncdf((-a + nu*T) / s)
    const KNOWN: [([f64; 4], f64); 10] = [
        ([1.1, 0.8, 7.0, 0.0], 0.4083457082741901),
        ([1.3, 0.8, 30.0, 0.0], 0.2869911090544175),
        ([1.05, 0.6, 1.0, 0.0], 0.1232502914640724),
        ([1.5, 0.8, 30.0, 0.0], 0.09396797931848274),
        ([3.0, 0.3, 30.0, 0.05], 2.169711220721779e-37),
        ([1.2, 0.5, 365.0, -3.0], 0.9999999997905324),
        ([1.2, 0.5, 3650.0, 2.0], 0.06490547151887447),
        ([1.01, 0.02, 1.0, -0.03], 4.225734603634402e-21),
        ([5.0, 0.05, 365.0, -1.5], 0.01585841928779933),
        ([20.0, 0.9, 7.0, 0.0], 5.250087675261518e-127),
    ];

    fn probability([health_factor, sigma, days, mu]: [f64; 4]) -> f64 {
        first_passage_probability(health_factor.ln(), sigma, mu, days / 365.0)
    }

    #[test]
    fn probabilities_match_mpmath_in_every_regime() {
        for (case, expected) in KNOWN {
            let error = (probability(case) / expected - 1.0).abs();
            assert!(error < 2e-13, "{case:?}: relative error {error:e}");
        }
    }

    #[test]
    fn probabilities_match_published_vectors_to_four_digits() {
        for ((case, _), published) in KNOWN.iter().zip([0.4083, 0.2870, 0.1233, 0.0940]) {
            assert!((probability(*case) - published).abs() <= 5e-5);
        }
    }

    // P(365, 370) with HF 1.1, sigma .5, mu -5 in the function above at mp.dps = 200: only
    // 1.5e-25 of the accounts are left, and half of those go.
    #[test]
    fn hazard_is_precise_when_few_survive() {
        let hazard = conditional_first_passage(1.1_f64.ln(), 0.5, -5.0, 1.0, 370.0 / 365.0);
        assert!((hazard - 0.5226069491187634).abs() < 1e-12);
        let hazard = conditional_first_passage(1.2_f64.ln(), 0.8, 0.0, 7.0 / 365.0, 14.0 / 365.0);
        assert!((hazard - 0.1775839009080766).abs() < 1e-14);
    }

    #[test]
    fn limits_are_exact() {
        assert_eq!(first_passage_probability(0.0, 0.8, 0.0, 0.0), 1.0);
        assert_eq!(first_passage_probability(-0.1, 0.8, 1.0, 1.0), 1.0);
        assert_eq!(first_passage_probability(0.1, 0.8, -9.0, 0.0), 0.0);
        assert_eq!(first_passage_probability(f64::INFINITY, 0.8, 0.0, 1.0), 0.0);
        assert_eq!(first_passage_probability(0.1, 0.0, -0.1, 1.0), 1.0);
        assert_eq!(first_passage_probability(0.1, 0.0, -0.09, 1.0), 0.0);
        assert_eq!(first_passage_probability(0.1, 1e-200, -0.2, 1.0), 1.0);
        assert_eq!(first_passage_probability(0.1, 1e-200, 0.2, 1.0), 0.0);
    }

    #[test]
    fn hazard_is_finite_at_its_limits() {
        assert_eq!(conditional_first_passage(-0.1, 0.8, 0.0, 0.1, 0.2), 1.0);
        assert_eq!(conditional_first_passage(0.1, 0.0, -1.0, 0.2, 0.3), 1.0);
        assert_eq!(conditional_first_passage(0.1, 0.8, 0.0, 0.2, 0.2), 0.0);
        assert_eq!(conditional_first_passage(0.1, 0.8, 0.0, 0.0, 0.0), 0.0);
        assert_eq!(conditional_first_passage(f64::INFINITY, 0.8, 0.0, 0.0, 0.1), 0.0);
    }
}
