//! Intervals of operational time with constant hazards.

use crate::hazard::operational_time::OperationalTime;

/// Maximum number of intervals.
const MAX_INTERVALS: usize = 16;
/// Events for each interval, at least on average.
const EVENTS_PER_INTERVAL: usize = 8;

/// Intervals of operational time; the last is unbounded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HazardIntervals {
    /// Starts of the intervals, the first at zero.
    starts: Vec<f64>,
}

impl HazardIntervals {
    /// Intervals with like numbers of a operational_time's events.
    pub(crate) fn new(operational_time: &OperationalTime, events: usize) -> Self {
        let count = (events / EVENTS_PER_INTERVAL).clamp(1, MAX_INTERVALS);
        let starts = std::iter::once(0.0).chain(operational_time.quantiles(count)).collect();
        Self { starts }
    }

    pub(crate) fn count(&self) -> usize {
        self.starts.len()
    }

    /// The ends of all intervals but the last, which has none.
    pub(crate) fn ends(&self) -> &[f64] {
        &self.starts[1..]
    }

    /// The length of interval `k` before a moment.
    pub(crate) fn exposure(&self, k: usize, operational: f64) -> f64 {
        let until = self.starts.get(k + 1).map_or(operational, |&end| end.min(operational));
        (until - self.starts[k]).max(0.0)
    }

    /// The interval that contains a moment.
    pub(crate) fn index(&self, operational: f64) -> usize {
        self.starts.partition_point(|&start| start < operational).saturating_sub(1)
    }

    /// The position of interval `k` between the first, at -1, and the last, at 1.
    pub(crate) fn position(&self, k: usize) -> f64 {
        let last = self.count() - 1;
        if last == 0 { 0.0 } else { 2.0 * k as f64 / last as f64 - 1.0 }
    }

    /// The segments of constant hazard from zero through `moments`, which ascend.
    pub(crate) fn segments(&self, moments: &[f64]) -> Vec<Segment> {
        let (mut segments, mut now, mut k) = (Vec::new(), 0.0, 0);
        for (index, &moment) in moments.iter().enumerate() {
            while self.starts.get(k + 1).is_some_and(|&end| end < moment) {
                segments.push(Segment {
                    interval: k,
                    length: self.starts[k + 1] - now,
                    moment_index: None,
                });
                now = self.starts[k + 1];
                k += 1;
            }
            segments.push(Segment { interval: k, length: moment - now, moment_index: Some(index) });
            now = moment;
        }
        segments
    }
}

/// A segment of operational time within one interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Segment {
    pub(crate) interval: usize,
    pub(crate) length: f64,
    /// The index of the requested moment at its end, if any.
    pub(crate) moment_index: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_intervals() -> HazardIntervals {
        HazardIntervals { starts: vec![0.0, 0.5, 1.25] }
    }

    #[test]
    fn exposures_sum_to_the_moment() {
        for moment in [0.0, 0.3, 0.5, 1.0, 7.0] {
            let sum: f64 = (0..3).map(|k| three_intervals().exposure(k, moment)).sum();
            assert!((sum - moment).abs() < 1e-12);
        }
        assert_eq!(
            [0.0, 0.5, 0.6, 9.0].map(|moment| three_intervals().index(moment)),
            [0, 0, 1, 2]
        );
    }

    #[test]
    fn segments_sum_to_the_exposures_at_every_moment() {
        let moments = [0.0, 0.2, 0.2, 0.9, 3.0];
        let (mut exposures, mut count) = ([0.0; 3], 0);
        for segment in three_intervals().segments(&moments) {
            exposures[segment.interval] += segment.length;
            if let Some(index) = segment.moment_index {
                let expected = [0, 1, 2].map(|k| three_intervals().exposure(k, moments[index]));
                assert!(exposures.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12));
                count += 1;
            }
        }
        assert_eq!(count, 5);
    }
}
