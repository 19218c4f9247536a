//! Fitting the law to past prices.

use plimsoll_features::HourlyPrices;
use plimsoll_numerics::{logit, normal_cdf};
use rayon::prelude::*;

use super::law::{EdgeLaw, ExcursionLaw, LOG_ODDS_LIMITS, TABLE_STEPS};
use super::price_path::{Excursion, PricePath};
use super::tail::ParetoTail;
use super::volatility_forecast::{RealisedVolatility, VolatilityForecast};
use crate::input::grid::{INTERVALS, edges_days, edges_years};
use crate::units::HOURS_PER_DAY;

/// Probability mass of the tail.
const TAIL_MASS: f64 = 0.01;
/// Fewer starts than this do not determine the law of an edge.
const MIN_STARTS: usize = 500;
/// Future volatility as a multiple of past volatility, with probabilities, where prices are too few:
/// first passage at long horizons is a mixture (Hull and White 1987, equation 6).
const VOLATILITY_MIXTURE: [(f64, f64); 5] =
    [(0.5, 0.15), (0.8, 0.35), (1.2, 0.30), (1.8, 0.15), (3.0, 0.05)];
/// Start of the tail of the mixture, in units of volatility.
const MIXTURE_TAIL_FROM: f64 = 5.0;

impl ExcursionLaw {
    /// Fits the law to the prices known at `until_s`, pooled over all assets: units of volatility make
    /// them comparable. Falls and rises are pooled too, as a rise of the debt's price is a fall of
    /// the ratio.
    ///
    /// An edge with too few prices gets the law of a Brownian motion with uncertain volatility.
    pub(crate) fn fit(prices: &[HourlyPrices], until_s: i64) -> Self {
        let paths: Vec<PricePath> =
            prices.iter().filter_map(|prices| PricePath::new(prices, until_s)).collect();
        let edge = |k: usize| {
            let hours = (edges_days()[k + 1] * HOURS_PER_DAY).round() as usize;
            let starts: Vec<_> = paths.iter().flat_map(|path| path.excursions(hours)).collect();
            if starts.len() < MIN_STARTS { EdgeLaw::mixture() } else { EdgeLaw::fit(&starts, k) }
        };
        Self::new((0..INTERVALS).into_par_iter().map(edge).collect())
    }
}

impl EdgeLaw {
    fn fit(starts: &[(RealisedVolatility, Excursion)], k: usize) -> Self {
        let realised: Vec<RealisedVolatility> = starts.iter().map(|(row, _)| *row).collect();
        let volatility = VolatilityForecast::fit(&realised);
        let root_years = edges_years()[k + 1].sqrt();
        let units = |(row, excursion): &(RealisedVolatility, Excursion)| {
            let unit = volatility.sigma(&row.past) * root_years;
            [excursion.fall / unit, excursion.rise / unit]
        };
        let mut ascending: Vec<f64> = starts.iter().flat_map(units).collect();
        ascending.sort_unstable_by(f64::total_cmp);
        let tail = ParetoTail::fit(&ascending, TAIL_MASS);
        let above = |z: f64| {
            let below = ascending.partition_point(|&other| other < z);
            1.0 - below as f64 / ascending.len() as f64
        };
        Self { volatility, log_odds: log_odds_table(tail.from, above), tail }
    }

    /// A Brownian motion of uncertain volatility.
    fn mixture() -> Self {
        let above = |z: f64| {
            let part = |(multiple, share): &(f64, f64)| share * 2.0 * normal_cdf(-z / multiple);
            VOLATILITY_MIXTURE.iter().map(part).sum::<f64>()
        };
        let mass = above(MIXTURE_TAIL_FROM);
        let tail = ParetoTail { from: MIXTURE_TAIL_FROM, mass, shape: 0.1, scale: 1.0 };
        Self {
            volatility: VolatilityForecast::unfitted(),
            log_odds: log_odds_table(tail.from, above),
            tail,
        }
    }
}

fn log_odds_table(until: f64, above: impl Fn(f64) -> f64) -> Vec<f32> {
    let mut lowest = LOG_ODDS_LIMITS.1;
    let mut at = |step: usize| {
        let p = above(until * step as f64 / TABLE_STEPS as f64);
        let bounded = p.clamp(1e-12, 1.0 - 1e-12);
        lowest = logit(bounded).clamp(LOG_ODDS_LIMITS.0, lowest);
        lowest as f32
    };
    (0..=TABLE_STEPS).map(&mut at).collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_features::HourlyPrice;
    use proptest::prelude::*;

    use super::*;
    use crate::excursions::volatility_forecast::VOLATILITY_COUNT;

    /// A path of hourly steps of one size, up or down by a hash of the hour.
    fn path(hours: u64, step: f64) -> HourlyPrices {
        let mut log_price = 7.0;
        let hour = |n: u64| {
            let up = plimsoll_metrics::hashed_index(2, n) == 0;
            log_price += if up { step } else { -step };
            let close_usd = f64::exp(log_price);
            HourlyPrice { close_usd, high_usd: close_usd, low_usd: close_usd }
        };
        HourlyPrices { first_hour: 0, hours: (0..hours).map(hour).collect() }
    }

    fn logs(volatility: f64) -> [f64; VOLATILITY_COUNT] {
        [volatility.ln(); VOLATILITY_COUNT]
    }

    #[test]
    fn a_random_walk_reaches_a_distance_as_often_as_the_reflection_principle_states() {
        let step = 0.01;
        let law = ExcursionLaw::fit(&[path(40_000, step)], i64::MAX);
        let sigma = step * 8_760_f64.sqrt();
        let (k, hours) = (5, 24.0_f64);
        for units in [0.5, 1.0, 2.0] {
            let distance = units * step * hours.sqrt();
            let p = plimsoll_numerics::logistic(f64::from(law.log_odds(distance, &logs(sigma))[k]));
            // Discrete steps overshoot: the barrier counts as half a step further (Broadie,
            // Glasserman and Kou 1997, shift by 0.58 steps).
            let expected = 2.0 * normal_cdf(-(units + 0.58 / hours.sqrt()));
            assert!((p / expected - 1.0).abs() < 0.2, "{units}: {p}, not {expected}");
        }
    }

    #[test]
    fn prices_after_the_end_are_not_used() {
        let long = path(20_000, 0.01);
        let short = HourlyPrices { hours: long.hours[..=10_000].to_vec(), ..long.clone() };
        assert_eq!(
            ExcursionLaw::fit(&[long], 10_000 * 3_600),
            ExcursionLaw::fit(&[short], i64::MAX)
        );
    }

    proptest! {
        #[test]
        fn log_odds_rise_with_time_and_fall_with_distance(
            distance in 0.0_f64..2.0,
            further in 0.0_f64..1.0,
            volatility in 0.05_f64..3.0,
            fitted: bool,
        ) {
            let prices = if fitted { vec![path(4_000, 0.01)] } else { Vec::new() };
            let law = ExcursionLaw::fit(&prices, i64::MAX);
            let near = law.log_odds(distance, &logs(volatility));
            let far = law.log_odds(distance + further, &logs(volatility));
            prop_assert!(near.is_sorted() && far.is_sorted());
            prop_assert!(near.iter().zip(&far).all(|(near, far)| far <= near));
        }
    }
}
