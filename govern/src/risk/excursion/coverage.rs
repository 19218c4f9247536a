//! Backtest of excursion quantiles: exceedance rate and clustering.

use super::{ExcursionOptions, Excursions, conditional_volatility};
use crate::risk::ratio_history::RatioHistory;

/// The tail is refitted after this many hours.
const REFIT_HOURS: usize = 168;

/// How often falls exceeded the quantile that was forecast before them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coverage {
    /// Falls evaluated; they do not overlap.
    pub samples: usize,
    /// Falls that exceeded their quantile.
    pub exceedances: usize,
    /// Falls that exceeded it directly after another exceedance.
    pub consecutive: usize,
    /// Likelihood ratio of the observed against the nominal exceedance rate, chi-square with one
    /// degree: Kupiec (1995), Techniques for Verifying the Accuracy of Risk Measurement Models.
    pub kupiec: f64,
    /// Likelihood ratio of clustering against independence, likewise: Christoffersen (1998),
    /// Evaluating Interval Forecasts.
    pub christoffersen: f64,
}

/// Compares each quantile with the fall that followed, through a history. The first fit uses
/// `warm_up_hours`; later fits use all hours known at their time.
#[must_use]
pub fn backtest_coverage(
    history: &RatioHistory,
    options: &ExcursionOptions,
    alpha: f64,
    warm_up_hours: usize,
) -> Coverage {
    let volatilities = conditional_volatility(history, &options.half_lives_hours);
    let mut fitted: Option<(usize, Excursions)> = None;
    let mut exceedances = Vec::new();
    let hours = (warm_up_hours..history.len().saturating_sub(options.hours)).step_by(options.hours);
    for hour in hours {
        if fitted.as_ref().is_none_or(|(since, _)| hour >= since + REFIT_HOURS) {
            fitted = Excursions::from_history(&history.truncated(hour + 1), options)
                .map(|fit| (hour, fit));
        }
        if let Some((_, fit)) = &fitted {
            let quantile = fit.quantile_at(alpha, volatilities[hour]);
            exceedances.push(history.max_fall_after(hour, options.hours) > quantile);
        }
    }
    Coverage::from_exceedances(&exceedances, 1.0 - alpha)
}

impl Coverage {
    /// Computes the test statistics of a sequence of exceedances against a nominal probability.
    #[must_use]
    pub fn from_exceedances(exceedances: &[bool], probability: f64) -> Self {
        let count = |before: bool, now: bool| {
            exceedances.windows(2).filter(|pair| pair[0] == before && pair[1] == now).count()
        };
        let hits = exceedances.iter().filter(|hit| **hit).count();
        let misses = exceedances.len() - hits;
        let (after_miss, consecutive) = (count(false, true), count(true, true));
        let (still_miss, ended) = (count(false, false), count(true, false));
        let together = log_likelihood(after_miss + consecutive, still_miss + ended, None);
        let apart =
            log_likelihood(after_miss, still_miss, None) + log_likelihood(consecutive, ended, None);
        let promised = log_likelihood(hits, misses, Some(probability));
        Self {
            samples: exceedances.len(),
            exceedances: hits,
            consecutive,
            kupiec: 2.0 * (log_likelihood(hits, misses, None) - promised),
            christoffersen: 2.0 * (apart - together),
        }
    }
}

/// Log-likelihood of hits and misses at a probability, or at the maximum-likelihood one.
fn log_likelihood(hits: usize, misses: usize, probability: Option<f64>) -> f64 {
    let p = probability.unwrap_or(hits as f64 / (hits + misses) as f64);
    // An event that never happened contributes nothing, whatever its probability.
    let term = |n: usize, p: f64| if n == 0 { 0.0 } else { n as f64 * p.ln() };
    term(hits, p) + term(misses, 1.0 - p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nominal_exceedance_rate_has_zero_likelihood_ratio() {
        let mut exceedances = vec![false; 1_000];
        exceedances.iter_mut().step_by(100).for_each(|hit| *hit = true);
        let coverage = Coverage::from_exceedances(&exceedances, 0.01);
        assert_eq!((coverage.samples, coverage.exceedances, coverage.consecutive), (1_000, 10, 0));
        assert!(coverage.kupiec.abs() < 1e-9 && coverage.christoffersen < 1.0);
    }

    /// By hand: 2 (25 ln(25/1000 / .01) + 975 ln(975/1000 / .99)).
    #[test]
    fn excess_exceedances_raise_kupiec_ratio() {
        let mut exceedances = vec![false; 1_000];
        exceedances.iter_mut().step_by(40).for_each(|hit| *hit = true);
        let expected = 2.0 * (25.0 * 2.5_f64.ln() + 975.0 * (0.975_f64 / 0.99).ln());
        assert!((Coverage::from_exceedances(&exceedances, 0.01).kupiec - expected).abs() < 1e-9);
    }

    #[test]
    fn clustered_exceedances_raise_christoffersen_ratio() {
        let mut exceedances = vec![false; 1_000];
        exceedances[500..510].fill(true);
        let coverage = Coverage::from_exceedances(&exceedances, 0.01);
        assert_eq!(coverage.consecutive, 9);
        assert!(coverage.kupiec.abs() < 1e-9 && coverage.christoffersen > 60.0);
    }

    #[test]
    fn no_exceedances_are_not_clustered() {
        let coverage = Coverage::from_exceedances(&[false; 500], 0.001);
        assert_eq!((coverage.exceedances, coverage.christoffersen), (0, 0.0));
        assert!((coverage.kupiec + 2.0 * 500.0 * 0.999_f64.ln()).abs() < 1e-9);
    }
}
