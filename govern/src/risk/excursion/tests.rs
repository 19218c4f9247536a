//! Excursions of simulated ratios of known distribution.

use plimsoll_numerics::normal_cdf;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::fixtures::normal;

fn options(hours: usize) -> ExcursionOptions {
    ExcursionOptions { hours, half_lives_hours: vec![3.0, 24.0, 168.0], tail_share: 0.1 }
}

/// Brownian hours of a possibly changing volatility, with the lows and highs of 60 steps each.
fn brownian(hours: usize, volatility: impl Fn(usize) -> f64) -> RatioHistory {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (mut log, mut history) = (0.0_f64, RatioHistory::default());
    for hour in 0..hours {
        let (mut low, mut high) = (log, log);
        for _ in 0..60 {
            log += volatility(hour) / 60_f64.sqrt() * normal(&mut rng);
            (low, high) = (low.min(log), high.max(log));
        }
        history.log_close.push(log);
        history.log_low.push(low);
        history.log_high.push(high);
    }
    history
}

#[test]
fn random_walk_quantile_matches_first_passage() {
    // P(deepest fall > x) = 2 (1 - Phi(x / sigma)) by reflection, slightly less with 60 steps.
    let history = brownian(6_000, |_| 0.01);
    let excursions = Excursions::from_history(&history, &options(1)).unwrap();
    for alpha in [0.9, 0.99, 0.999] {
        let fall = excursions.quantile(alpha) / excursions.volatility() * 0.01;
        let exceedance = 2.0 * (1.0 - normal_cdf(fall / 0.01));
        let ratio = exceedance / (1.0 - alpha);
        assert!((0.4..2.0).contains(&ratio), "{alpha}: {ratio}");
    }
}

#[test]
fn excursion_rises_with_volatility_and_recovers() {
    let history = brownian(3_000, |hour| if (2_000..2_048).contains(&hour) { 0.04 } else { 0.01 });
    let at = |hours| {
        Excursions::from_history(&history.truncated(hours), &options(1)).unwrap().quantile(0.999)
    };
    let (before, during, after) = (at(2_000), at(2_048), at(3_000));
    assert!(during > 2.0 * before, "{before} {during}");
    assert!(after < 0.6 * during, "{during} {after}");
}

#[test]
fn longer_excursions_are_deeper() {
    let history = brownian(3_000, |_| 0.01);
    let at = |hours| Excursions::from_history(&history, &options(hours)).unwrap().quantile(0.999);
    assert!(at(1) < at(2) && at(2) < at(24));
}

#[test]
fn excursions_ignore_the_future() {
    let history = brownian(800, |_| 0.01);
    let known = Excursions::from_history(&history.truncated(500), &options(1));
    let mut other = history.truncated(500);
    other.log_close.truncate(500);
    assert_eq!(known, Excursions::from_history(&other, &options(1)));
    assert_ne!(known, Excursions::from_history(&history, &options(1)));
}

#[test]
fn quantiles_are_monotone_and_continuous_at_the_tail() {
    let excursions = Excursions::from_history(&brownian(2_000, |_| 0.01), &options(1)).unwrap();
    let quantiles: Vec<f64> =
        (0..10_000).map(|i| excursions.quantile(f64::from(i) / 10_000.0)).collect();
    assert!(quantiles.is_sorted());
    assert!((quantiles[9_001] / quantiles[8_999] - 1.0).abs() < 0.01);
}

#[test]
fn mean_above_a_quantile_is_the_expected_shortfall() {
    let excursions = Excursions::from_history(&brownian(2_000, |_| 0.01), &options(1)).unwrap();
    let mean = excursions.mean_above_quantile(0.95, |fall| fall);
    assert!((mean / excursions.expected_shortfall(0.95) - 1.0).abs() < 5e-3);
    let sample = excursions.standardised.iter().sum::<f64>() / excursions.len() as f64;
    let all = excursions.mean_above_quantile(0.0, |fall| fall) / excursions.volatility();
    assert!((all / sample - 1.0).abs() < 0.01, "{all} {sample}");
}

#[test]
fn constant_ratio_has_zero_excursion() {
    let still = RatioHistory {
        first_hour: 0,
        log_close: vec![0.0; 300],
        log_low: vec![0.0; 300],
        log_high: vec![0.0; 300],
    };
    assert_eq!(Excursions::from_history(&still, &options(1)).unwrap().quantile(0.999), 0.0);
    assert_eq!(Excursions::from_history(&still.truncated(25), &options(1)), None);
}

#[test]
fn exceedance_rate_matches_alpha_under_changing_volatility() {
    let history = brownian(6_000, |hour| if (hour / 500) % 2 == 0 { 0.005 } else { 0.02 });
    let coverage = backtest_coverage(&history, &options(1), 0.99, 500);
    assert!(coverage.kupiec < 10.83, "{coverage:?}");
}
