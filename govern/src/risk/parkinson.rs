//! Parkinson's volatility of the last days.

use crate::risk::ratio_history::RatioHistory;
use crate::time::HOURS_PER_DAY;

/// Volatility per square root of a day from the daily ranges of the last `days` whole days; `None`
/// if there is no whole day.
///
/// Parkinson (1980): `sigma^2 = 1 / (4 n ln 2) sum (ln H/L)^2`. The square is of the logarithm: a
/// published implementation sums `ln((H/L)^2)`, which is `2 / ln(H/L)` times too large.
#[must_use]
pub(crate) fn parkinson_daily(history: &RatioHistory, days: usize) -> Option<f64> {
    let days = days.min(history.len() / HOURS_PER_DAY);
    let from = history.len() - days * HOURS_PER_DAY;
    let highs = history.log_high[from..].chunks_exact(HOURS_PER_DAY);
    let ranges = highs.zip(history.log_low[from..].chunks_exact(HOURS_PER_DAY));
    let square = |(high, low): (&[f64], &[f64])| {
        let high = high.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let low = low.iter().copied().fold(f64::INFINITY, f64::min);
        (high - low) * (high - low)
    };
    let sum: f64 = ranges.map(square).sum();
    (days > 0).then(|| (sum / (4.0 * days as f64 * std::f64::consts::LN_2)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(ranges: &[f64]) -> RatioHistory {
        let mut history = RatioHistory::default();
        for range in ranges {
            for hour in 0..HOURS_PER_DAY {
                history.log_close.push(0.0);
                history.log_low.push(if hour == 3 { -range / 3.0 } else { 0.0 });
                history.log_high.push(if hour == 20 { range * 2.0 / 3.0 } else { 0.0 });
            }
        }
        history
    }

    /// By hand: H/L = 1.05 every day, `ln(1.05) / (2 sqrt(ln 2))` = .0292996.
    #[test]
    fn equal_days_have_the_single_day_volatility() {
        let history = days(&[1.05_f64.ln(); 10]);
        let volatility = parkinson_daily(&history, 7).unwrap();
        assert!((volatility - 1.05_f64.ln() / (2.0 * std::f64::consts::LN_2.sqrt())).abs() < 1e-15);
        assert!((volatility - 0.029_300).abs() < 1e-5);
    }

    /// Using `ln((H/L)^2)` instead inflates the result by `sqrt(2 / ln(H/L))`: 6.4 times at 1.05.
    #[test]
    fn logarithm_is_squared_not_the_ratio() {
        let range = 1.05_f64.ln();
        let volatility = parkinson_daily(&days(&[range; 5]), 5).unwrap();
        let slipped = (2.0 * range / (4.0 * std::f64::consts::LN_2)).sqrt();
        assert!((slipped / volatility - 6.4).abs() < 0.01);
    }

    #[test]
    fn only_the_last_whole_days_count() {
        let history = days(&[0.5, 0.02, 0.02]);
        assert_eq!(parkinson_daily(&history, 2), parkinson_daily(&days(&[0.02; 2]), 30));
        assert_eq!(parkinson_daily(&history.truncated(23), 30), None);
    }
}
