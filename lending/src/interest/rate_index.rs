//! The interest index of a piecewise constant rate.

use super::growth::years;
use crate::error::{LendingError, check_range};

/// An index that compounds every second at the current rate. It either starts at 1 and follows only
/// its rates, like Maker's `rate` at the `duty` of an ilk, or is observed on chain from time to time,
/// like Aave's debt index and Morpho Blue's share price.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RateIndex {
    steps: Vec<RateStep>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct RateStep {
    time_s: i64,
    // Sums of logarithms accumulate less rounding error than products of thousands of factors.
    log_index: f64,
    log_rate_per_year: f64,
}

impl RateIndex {
    /// The index of rates given as (Unix seconds, effective annual rate from then on), oldest
    /// first. Of several at one time the last applies; without rates the index is 1.
    ///
    /// # Errors
    /// [`LendingError::UnorderedRates`] if times decrease, and [`LendingError::OutOfRange`] for a
    /// rate that is below -.99 or not finite.
    pub fn new(changes: impl IntoIterator<Item = (i64, f64)>) -> Result<Self, LendingError> {
        let mut steps: Vec<RateStep> = Vec::new();
        for (time_s, annual_rate) in changes {
            check_range("annual_rate", annual_rate, -0.99, f64::MAX)?;
            let log_index = match steps.last() {
                Some(last) if last.time_s > time_s => {
                    let previous_s = last.time_s;
                    return Err(LendingError::UnorderedRates { previous_s, time_s });
                }
                last => last.map_or(0.0, |last| last.log_index_at(time_s)),
            };
            steps.push(RateStep { time_s, log_index, log_rate_per_year: annual_rate.ln_1p() });
        }
        Ok(Self { steps })
    }

    /// The index from observations (Unix seconds, index, effective annual rate from then on), oldest
    /// first. Of several at one time the last applies.
    ///
    /// The three-term series of Aave and Morpho Blue differ from it by at most
    /// `(rate dt / year)^4 / 24`.
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`LendingError::OutOfRange`] for an index that is not positive.
    pub fn from_observations(
        tellings: impl IntoIterator<Item = (i64, f64, f64)>,
    ) -> Result<Self, LendingError> {
        let mut steps: Vec<RateStep> = Vec::new();
        for (time_s, index, annual_rate) in tellings {
            check_range("annual_rate", annual_rate, -0.99, f64::MAX)?;
            check_range("index", index, f64::MIN_POSITIVE, f64::MAX)?;
            match steps.last().map(|last| last.time_s) {
                Some(previous_s) if previous_s > time_s => {
                    return Err(LendingError::UnorderedRates { previous_s, time_s });
                }
                Some(previous_s) if previous_s == time_s => drop(steps.pop()),
                _ => {}
            }
            let (log_index, log_rate_per_year) = (index.ln(), annual_rate.ln_1p());
            steps.push(RateStep { time_s, log_index, log_rate_per_year });
        }
        Ok(Self { steps })
    }

    /// The index at a Unix second: 1 before the first change, and extrapolated at the last rate after
    /// the last change.
    #[must_use]
    pub fn index_at(&self, time_s: i64) -> f64 {
        self.log_index_at(time_s).exp()
    }

    /// Growth of a debt from one Unix second to another, `index(to) / index(from)`.
    #[must_use]
    pub fn growth_between(&self, from_s: i64, to_s: i64) -> f64 {
        (self.log_index_at(to_s) - self.log_index_at(from_s)).exp()
    }

    fn log_index_at(&self, time_s: i64) -> f64 {
        let reached = self.steps.partition_point(|step| step.time_s <= time_s);
        self.steps[..reached].last().map_or(0.0, |step| step.log_index_at(time_s))
    }
}

impl RateStep {
    fn log_index_at(&self, time_s: i64) -> f64 {
        self.log_index + self.log_rate_per_year * years(time_s.saturating_sub(self.time_s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR_S: i64 = 31_536_000;

    #[test]
    fn each_rate_applies_until_the_next() {
        let index = RateIndex::new([(0, 0.10), (YEAR_S, 0.0), (2 * YEAR_S, 0.20)]).unwrap();
        let expected = [(-5, 1.0), (0, 1.0), (1, 1.10), (2, 1.10), (3, 1.32), (4, 1.584)];
        for (year, value) in expected {
            assert!((index.index_at(year * YEAR_S) - value).abs() < 1e-14, "year {year}");
        }
        assert!((index.growth_between(YEAR_S, 3 * YEAR_S) - 1.2).abs() < 1e-14);
    }

    #[test]
    fn index_without_rates_is_one() {
        assert_eq!(RateIndex::new([]).unwrap().index_at(YEAR_S), 1.0);
    }

    #[test]
    fn last_rate_of_a_second_applies() {
        let index = RateIndex::new([(0, 0.5), (0, 0.1)]).unwrap();
        assert!((index.index_at(YEAR_S) - 1.1).abs() < 1e-15);
    }

    #[test]
    fn observed_index_is_kept_and_grows_until_the_next() {
        let observations = [(0, 1.0, 0.10), (YEAR_S, 1.25, 0.5), (YEAR_S, 1.25, 0.20)];
        let index = RateIndex::from_observations(observations).unwrap();
        let expected = [(-1, 1.0), (0, 1.0), (1, 1.25), (2, 1.5), (3, 1.8)];
        for (year, value) in expected {
            assert!((index.index_at(year * YEAR_S) / value - 1.0).abs() < 1e-14, "year {year}");
        }
        let share = RateIndex::from_observations([(0, 1.03e-6, 0.0)]).unwrap();
        assert!((share.index_at(9) / 1.03e-6 - 1.0).abs() < 4e-15);
        assert!(RateIndex::from_observations([(0, 0.0, 0.1)]).is_err());
        assert!(RateIndex::from_observations([(5, 1.0, 0.1), (4, 1.0, 0.1)]).is_err());
    }

    #[test]
    fn rates_out_of_order_or_range_are_rejected() {
        let refused = RateIndex::new([(5, 0.1), (4, 0.1)]);
        assert_eq!(refused, Err(LendingError::UnorderedRates { previous_s: 5, time_s: 4 }));
        for rate in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(RateIndex::new([(0, rate)]), Err(LendingError::OutOfRange { .. })));
        }
    }
}
