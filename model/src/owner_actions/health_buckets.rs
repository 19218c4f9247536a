//! Rates by health factor alone: the baseline of the rates.

use serde::{Deserialize, Serialize};

/// Health factors between buckets.
const BOUNDARIES: [f64; 8] = [1.0, 1.05, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0];
/// Number of buckets.
pub(crate) const BUCKET_COUNT: usize = BOUNDARIES.len() + 1;
/// A bucket's rate is that of all accounts as far as its exposure is below this, days.
const PRIOR_DAYS: f64 = 20.0;

/// The bucket of a ln HF.
pub(crate) fn bucket_index(log_health: f64) -> usize {
    BOUNDARIES.partition_point(|boundary| boundary.ln() <= log_health)
}

/// The lower and upper end of a bucket; open ends are absent.
pub(crate) fn bucket_range(bucket: usize) -> [Option<f64>; 2] {
    [bucket.checked_sub(1).map(|below| BOUNDARIES[below]), BOUNDARIES.get(bucket).copied()]
}

/// Rates by bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HealthBuckets {
    /// The rate of all accounts, per day.
    pub(crate) overall_per_day: f64,
    /// The rate of each bucket, per day.
    pub(crate) per_day: Vec<f64>,
}

impl HealthBuckets {
    /// The rates of rows: each a ln HF, the number of actions, and days of exposure.
    pub(super) fn fit(rows: impl Iterator<Item = (f64, f64, f64)>) -> Self {
        let (mut counts, mut days) = ([0.0; BUCKET_COUNT], [0.0; BUCKET_COUNT]);
        for (log_health, count, exposure) in rows {
            counts[bucket_index(log_health)] += count;
            days[bucket_index(log_health)] += exposure;
        }
        let sum = |values: &[f64]| values.iter().sum::<f64>();
        // Half an action at least keeps logarithms of the rate finite.
        let overall_per_day = sum(&counts).max(0.5) / sum(&days).max(1.0);
        let rate = |(count, days): (&f64, &f64)| {
            (count + overall_per_day * PRIOR_DAYS) / (days + PRIOR_DAYS)
        };
        Self { overall_per_day, per_day: counts.iter().zip(&days).map(rate).collect() }
    }

    /// The rate at a ln HF.
    pub(crate) fn at(&self, log_health: f64) -> f64 {
        self.per_day[bucket_index(log_health)]
    }

    pub(super) fn is_complete(&self) -> bool {
        self.per_day.len() == BUCKET_COUNT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_belongs_to_the_bucket_above() {
        assert_eq!(bucket_index(-0.01), 0);
        assert_eq!(bucket_index(0.0), 1);
        assert_eq!(bucket_index(9.0), BUCKET_COUNT - 1);
        assert_eq!(bucket_range(0), [None, Some(1.0)]);
        assert_eq!(bucket_range(BUCKET_COUNT - 1), [Some(5.0), None]);
    }

    #[test]
    fn an_empty_bucket_has_the_rate_of_all() {
        let buckets = HealthBuckets::fit([(0.3, 4.0, 1_000.0), (0.3, 0.0, 1_000.0)].into_iter());
        assert!((buckets.overall_per_day - 0.002).abs() < 1e-15);
        assert!((buckets.at(-0.1) - 0.002).abs() < 1e-15);
    }
}
