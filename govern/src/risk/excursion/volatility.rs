//! Conditional volatility of the ratio, for each hour.

use crate::risk::ratio_history::RatioHistory;

/// Lower limit of the volatility, so that a constant ratio does not divide by zero.
const MIN_VOLATILITY: f64 = 1e-7;

/// Hourly volatility known at the end of each hour, logarithmic: the greatest of the exponentially
/// weighted range-based volatilities of these half-lives.
///
/// Ranges carry more information than returns: Parkinson (1980), The Extreme Value Method for
/// Estimating the Variance of the Rate of Return, `(ln H/L)^2 / (4 ln 2)`.
pub(crate) fn conditional_volatility(history: &RatioHistory, half_lives_hours: &[f64]) -> Vec<f64> {
    let mut means: Vec<Ewma> =
        half_lives_hours.iter().map(|&hours| Ewma::from_half_life(hours)).collect();
    let ranges = history.log_high.iter().zip(&history.log_low).map(|(high, low)| high - low);
    let variances = ranges.map(|range| range * range / (4.0 * std::f64::consts::LN_2));
    let greatest = |variance: f64| {
        let volatilities = means.iter_mut().map(|mean| mean.update(variance));
        volatilities.fold(0.0, f64::max).sqrt().max(MIN_VOLATILITY)
    };
    variances.map(greatest).collect()
}

/// An exponentially weighted mean whose weights sum to one from the first value on.
struct Ewma {
    decay: f64,
    sum: f64,
    weight: f64,
}

impl Ewma {
    fn from_half_life(half_life_hours: f64) -> Self {
        Self { decay: 0.5_f64.powf(1.0 / half_life_hours), sum: 0.0, weight: 0.0 }
    }

    fn update(&mut self, value: f64) -> f64 {
        self.sum = self.sum * self.decay + value * (1.0 - self.decay);
        self.weight = self.weight * self.decay + (1.0 - self.decay);
        self.sum / self.weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history_with_ranges(ranges: &[f64]) -> RatioHistory {
        RatioHistory {
            first_hour: 0,
            log_close: vec![0.0; ranges.len()],
            log_low: ranges.iter().map(|range| -range / 2.0).collect(),
            log_high: ranges.iter().map(|range| range / 2.0).collect(),
        }
    }

    #[test]
    fn equal_hours_have_the_single_hour_volatility() {
        // (ln H/L)^2 / (4 ln 2) with ln H/L = .02: .02 / (2 sqrt(ln 2)).
        let expected = 0.02 / (2.0 * std::f64::consts::LN_2.sqrt());
        for volatility in conditional_volatility(&history_with_ranges(&[0.02; 50]), &[3.0, 24.0]) {
            assert!((volatility / expected - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn volatility_rises_immediately_and_decays_slowly() {
        let mut ranges = vec![0.01; 400];
        ranges[200] = 0.20;
        let volatility = conditional_volatility(&history_with_ranges(&ranges), &[3.0, 168.0]);
        assert!(volatility[200] > 5.0 * volatility[199]);
        let (short, long) = (volatility[206], volatility[260]);
        assert!(short > long && long > 1.1 * volatility[199]);
    }
}
