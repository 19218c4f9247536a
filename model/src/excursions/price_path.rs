//! One asset's hourly closes with their past volatilities.

use plimsoll_features::HourlyPrices;

use super::volatility_forecast::{
    HALF_LIVES_HOURS, RealisedVolatility, VOLATILITY_COUNT, log_volatility,
};
use crate::units::HOURS_PER_YEAR;

/// Hours before the first start, so that the longest average has warmed up.
const WARM_UP_HOURS: usize = 720;
/// Hours between starts, with no divisor in common with a day or a week except one.
const STEP_HOURS: usize = 5;

/// Known hourly prices without a gap.
pub(super) struct PricePath {
    log_prices: Vec<f64>,
    /// Log volatilities per square root of a year, as known at the end of each hour.
    log_volatilities: Vec<[f64; VOLATILITY_COUNT]>,
    /// Sums of squared returns up to each hour.
    squares: Vec<f64>,
}

/// The greatest fall and rise of the log price after a start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Excursion {
    pub(super) fall: f64,
    pub(super) rise: f64,
}

impl PricePath {
    /// The prices up to `until_s`; `None` if there are too few.
    pub(super) fn new(prices: &HourlyPrices, until_s: i64) -> Option<Self> {
        let hours = usize::try_from(until_s.div_euclid(3_600) - prices.first_hour + 1).ok()?;
        let closes = prices.hours.iter().take(hours).map(|hour| hour.close_usd);
        let log_prices: Vec<f64> = closes.map(f64::ln).skip_while(|p| !p.is_finite()).collect();
        let moves = log_prices.windows(2).any(|pair| pair[0] != pair[1]);
        if log_prices.len() < 2 * WARM_UP_HOURS || !moves {
            return None;
        }
        let mut averages = [0.0; VOLATILITY_COUNT];
        let mut weights = [0.0; VOLATILITY_COUNT];
        let (mut squares, mut log_volatilities) = (vec![0.0], vec![[f64::NAN; VOLATILITY_COUNT]]);
        for pair in log_prices.windows(2) {
            let square = (pair[1] - pair[0]).powi(2);
            squares.push(squares[squares.len() - 1] + square);
            log_volatilities.push(std::array::from_fn(|i| {
                let kept = (-1.0 / HALF_LIVES_HOURS[i]).exp2();
                averages[i] = kept * averages[i] + square;
                weights[i] = kept * weights[i] + 1.0;
                log_volatility((averages[i] / weights[i] * HOURS_PER_YEAR).sqrt())
            }));
        }
        Some(Self { log_prices, log_volatilities, squares })
    }

    /// Each start with its realised volatility and its greatest moves over the next `hours`.
    pub(super) fn excursions(
        &self,
        hours: usize,
    ) -> impl Iterator<Item = (RealisedVolatility, Excursion)> {
        let last = self.log_prices.len().saturating_sub(hours + 1);
        let lowest = sliding_extreme(&self.log_prices, hours + 1, |a, b| a <= b);
        let highest = sliding_extreme(&self.log_prices, hours + 1, |a, b| a >= b);
        (WARM_UP_HOURS..last).step_by(STEP_HOURS).map(move |start| {
            let variance = (self.squares[start + hours] - self.squares[start]) / hours as f64;
            let log_realised = log_volatility((variance * HOURS_PER_YEAR).sqrt());
            let from = self.log_prices[start];
            let excursion = Excursion { fall: from - lowest[start], rise: highest[start] - from };
            (RealisedVolatility { past: self.log_volatilities[start], log_realised }, excursion)
        })
    }
}

/// The extreme of each window of `width` values, by its first index; a monotone queue, so that the
/// time does not depend on the width.
fn sliding_extreme(values: &[f64], width: usize, beats: fn(f64, f64) -> bool) -> Vec<f64> {
    let mut queue = std::collections::VecDeque::new();
    let mut extremes = Vec::with_capacity(values.len());
    for (index, &value) in values.iter().enumerate() {
        while queue.back().is_some_and(|&back: &usize| beats(value, values[back])) {
            queue.pop_back();
        }
        queue.push_back(index);
        if index + 1 < width {
            continue;
        }
        let first = index + 1 - width;
        while queue.front().is_some_and(|&front| front < first) {
            queue.pop_front();
        }
        extremes.push(values[queue[0]]);
    }
    extremes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sliding_minimum_equals_the_minimum_of_each_window() {
        let values: Vec<f64> = (0..200).map(|i| f64::from(i * 37 % 101)).collect();
        for width in [1, 2, 7, 50] {
            let expected: Vec<f64> = values
                .windows(width)
                .map(|window| window.iter().copied().fold(f64::INFINITY, f64::min))
                .collect();
            assert_eq!(sliding_extreme(&values, width, |a, b| a <= b), expected);
        }
    }
}
