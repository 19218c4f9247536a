//! Operational time: the cumulative hazard of the whole population.

use super::interpolation::interpolate;

/// Minimum share of the rows at risk that remains after one moment's events. Without it the hazard is
/// infinite at an end of follow-up at which all remaining rows end.
const MIN_SHARE_LEFT: f64 = 0.3;

/// The map from time to operational time: linear between knots, constant after the last.
///
/// There is a knot at each time of an event, at the middle of that moment's jump of the cumulative
/// hazard. Durations rounded to days put many events on one moment; each of them then has an exposure
/// of half the moment's hazard, which is the mean without rounding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OperationalTime {
    times: Vec<f64>,
    operational: Vec<f64>,
    /// Operational time after each jump, and the number of events up to it.
    jumps: Vec<(f64, usize)>,
}

impl OperationalTime {
    /// Fits the map to rows with durations, some of which ended in an event.
    ///
    /// A row is at risk from its entry on, exclusive, or from 0 without entries: the product limit
    /// of Kaplan and Meier (1958) under left truncation.
    pub(crate) fn fit(durations: &[f64], events: &[bool], entries: Option<&[f64]>) -> Self {
        let mut late: Vec<f64> =
            entries.unwrap_or_default().iter().copied().filter(|&entry| entry > 0.0).collect();
        late.sort_by(|a, b| b.total_cmp(a));
        let mut rows: Vec<(f64, bool)> =
            durations.iter().copied().zip(events.iter().copied()).collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut operational_time =
            Self { times: vec![0.0], operational: vec![0.0], jumps: Vec::new() };
        let (mut now, mut event_count, mut at_risk) = (0.0, 0, rows.len() - late.len());
        for moment in rows.chunk_by(|a, b| a.0 == b.0) {
            while late.pop_if(|entry| *entry < moment[0].0).is_some() {
                at_risk += 1;
            }
            let events_now = moment.iter().filter(|row| row.1).count();
            if events_now > 0 {
                let left = (1.0 - events_now as f64 / at_risk as f64).max(MIN_SHARE_LEFT);
                operational_time.push_knot(moment[0].0, now - left.ln() / 2.0);
                now -= left.ln();
                event_count += events_now;
                operational_time.jumps.push((now, event_count));
            }
            at_risk -= moment.len();
        }
        if let Some(&(last, _)) = rows.last()
            && last > operational_time.last_time()
        {
            operational_time.push_knot(last, now);
        }
        operational_time
    }

    fn push_knot(&mut self, time: f64, operational: f64) {
        if time == self.last_time() {
            self.operational.pop();
            self.times.pop();
        }
        self.times.push(time);
        self.operational.push(operational);
    }

    /// The longest duration.
    pub(crate) fn last_time(&self) -> f64 {
        self.times.last().copied().unwrap_or(0.0)
    }

    /// Operational time at a time.
    pub(crate) fn at(&self, time: f64) -> f64 {
        interpolate(&self.times, &self.operational, time)
    }

    /// Ends of about `count` intervals with similar numbers of events, without the last end.
    ///
    /// Ends are after a moment's jump, so that its events belong to one interval.
    pub(crate) fn quantiles(&self, count: usize) -> Vec<f64> {
        let Some(&(last, events)) = self.jumps.last() else { return Vec::new() };
        let mut ends: Vec<f64> = (1..count)
            .map(|k| self.jumps.partition_point(|jump| jump.1 * count < k * events))
            .map(|jump| self.jumps[jump].0)
            .collect();
        ends.dedup();
        ends.retain(|&end| end < last);
        ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knots_are_at_the_middle_of_each_jump() {
        let operational_time =
            OperationalTime::fit(&[1.0, 2.0, 2.0, 3.0], &[true, true, false, false], None);
        let (first, second) = (-(0.75_f64.ln()), -((2.0_f64 / 3.0).ln()));
        assert!((operational_time.at(1.0) - first / 2.0).abs() < 1e-12);
        assert!((operational_time.at(2.0) - first - second / 2.0).abs() < 1e-12);
        assert!((operational_time.at(3.0) - first - second).abs() < 1e-12);
        assert!((operational_time.at(0.5) - first / 4.0).abs() < 1e-12);
        assert_eq!(operational_time.at(9.0), operational_time.at(3.0));
    }

    #[test]
    fn an_event_at_zero_has_half_its_moments_hazard() {
        let operational_time = OperationalTime::fit(&[0.0, 1.0], &[true, false], None);
        assert!((operational_time.at(0.0) - 2.0_f64.ln() / 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_last_moment_that_ends_all_rows_is_finite() {
        assert!(OperationalTime::fit(&[5.0, 5.0], &[true, true], None).at(5.0) < 1.0);
        assert_eq!(OperationalTime::fit(&[5.0], &[false], None).at(5.0), 0.0);
    }

    #[test]
    fn a_row_is_at_risk_from_its_entry_on() {
        let (durations, events) = ([1.0, 2.0, 3.0, 5.0], [true; 4]);
        let entries = [0.0, 0.0, 1.0, 2.5];
        let operational_time = OperationalTime::fit(&durations, &events, Some(&entries));
        // At 1 two rows are at risk, at 2 two, as one entered at 1, and at 3 two.
        let half = 2.0_f64.ln();
        for (t, jumps) in [(1.0, 0.5), (2.0, 1.5), (3.0, 2.5)] {
            assert!((operational_time.at(t) - jumps * half).abs() < 1e-12, "{t}");
        }
        let zeros = OperationalTime::fit(&durations, &events, Some(&[0.0; 4]));
        assert_eq!(zeros, OperationalTime::fit(&durations, &events, None));
    }

    #[test]
    fn operational_time_of_exponential_durations_is_their_hazard() {
        let durations: Vec<f64> =
            (0..20_000).map(|i| -(1.0 - (f64::from(i) + 0.5) / 20_000.0).ln() * 40.0).collect();
        let operational_time = OperationalTime::fit(&durations, &vec![true; 20_000], None);
        for t in [10.0, 40.0, 100.0] {
            assert!((operational_time.at(t) - t / 40.0).abs() < 0.01);
        }
    }

    #[test]
    fn intervals_have_similar_event_counts() {
        let durations: Vec<f64> = (0..1_000).map(f64::from).collect();
        let operational_time = OperationalTime::fit(&durations, &vec![true; 1_000], None);
        let ends = operational_time.quantiles(4);
        assert_eq!(ends.len(), 3);
        for (end, t) in ends.iter().zip([249.0, 499.0, 749.0]) {
            assert!(operational_time.at(t) < *end && *end < operational_time.at(t + 1.0));
        }
        assert!(OperationalTime::fit(&[1.0; 9], &[true; 9], None).quantiles(4).is_empty());
    }
}
