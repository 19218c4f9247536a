//! Excursions of simulated ratios, whose law is known.

use plimsoll_numerics::normal_cdf;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

fn options(hours: usize) -> ExcursionOptions {
    ExcursionOptions { hours, half_lives_hours: vec![3.0, 24.0, 168.0], tail_share: 0.1 }
}

/// Brownian hours of a volatility that may change, with the lows and highs of 60 steps each.
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

/// Twelve uniforms less six: enough of a normal for steps that are summed up.
fn normal(rng: &mut impl Rng) -> f64 {
    (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0
}

#[test]
fn the_quantile_of_a_random_walk_is_that_of_first_passage() {
    // P(deepest fall > x) = 2 (1 - Phi(x / sigma)) by reflection, a little less in 60 steps.
    let history = brownian(6_000, |_| 0.01);
    let excursions = Excursions::of(&history, &options(1)).unwrap();
    for alpha in [0.9, 0.99, 0.999] {
        let fall = excursions.quantile(alpha) / excursions.volatility() * 0.01;
        let surpassed = 2.0 * (1.0 - normal_cdf(fall / 0.01));
        let ratio = surpassed / (1.0 - alpha);
        assert!((0.4..2.0).contains(&ratio), "{alpha}: {ratio}");
    }
}

#[test]
fn a_storm_deepens_the_excursion_and_calm_takes_it_back() {
    let history = brownian(3_000, |hour| if (2_000..2_048).contains(&hour) { 0.04 } else { 0.01 });
    let at = |hours| Excursions::of(&history.until(hours), &options(1)).unwrap().quantile(0.999);
    let (before, storm, after) = (at(2_000), at(2_048), at(3_000));
    assert!(storm > 2.0 * before, "{before} {storm}");
    assert!(after < 0.6 * storm, "{storm} {after}");
}

#[test]
fn longer_excursions_are_deeper() {
    let history = brownian(3_000, |_| 0.01);
    let at = |hours| Excursions::of(&history, &options(hours)).unwrap().quantile(0.999);
    assert!(at(1) < at(2) && at(2) < at(24));
}

#[test]
fn deleting_the_future_changes_no_excursion() {
    let history = brownian(800, |_| 0.01);
    let known = Excursions::of(&history.until(500), &options(1));
    let mut other = history.until(500);
    other.log_close.truncate(500);
    assert_eq!(known, Excursions::of(&other, &options(1)));
    assert_ne!(known, Excursions::of(&history, &options(1)));
}

#[test]
fn quantiles_rise_and_join_the_tail_without_a_gap() {
    let excursions = Excursions::of(&brownian(2_000, |_| 0.01), &options(1)).unwrap();
    let quantiles: Vec<f64> =
        (0..10_000).map(|i| excursions.quantile(f64::from(i) / 10_000.0)).collect();
    assert!(quantiles.is_sorted());
    assert!((quantiles[9_001] / quantiles[8_999] - 1.0).abs() < 0.01);
}

#[test]
fn the_mean_beyond_a_quantile_is_the_expected_shortfall() {
    let excursions = Excursions::of(&brownian(2_000, |_| 0.01), &options(1)).unwrap();
    let mean = excursions.mean_beyond(0.95, |fall| fall);
    assert!((mean / excursions.expected_shortfall(0.95) - 1.0).abs() < 5e-3);
    let sample = excursions.standardised.iter().sum::<f64>() / excursions.len() as f64;
    let all = excursions.mean_beyond(0.0, |fall| fall) / excursions.volatility();
    assert!((all / sample - 1.0).abs() < 0.01, "{all} {sample}");
}

#[test]
fn a_ratio_that_stands_still_does_not_fall() {
    let still = RatioHistory {
        first_hour: 0,
        log_close: vec![0.0; 300],
        log_low: vec![0.0; 300],
        log_high: vec![0.0; 300],
    };
    assert_eq!(Excursions::of(&still, &options(1)).unwrap().quantile(0.999), 0.0);
    assert_eq!(Excursions::of(&still.until(25), &options(1)), None);
}

#[test]
fn the_quantile_of_a_changing_walk_is_surpassed_as_often_as_it_says() {
    let history = brownian(6_000, |hour| if (hour / 500) % 2 == 0 { 0.005 } else { 0.02 });
    let coverage = coverage(&history, &options(1), 0.99, 500);
    assert!(coverage.kupiec < 10.83, "{coverage:?}");
}
