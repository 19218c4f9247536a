//! Lead times of alarms.

use super::accounts::{Alarm, AlarmOutcome};
use crate::units::SECONDS_PER_HOUR;

/// Upper edges of the bins of lead time, hours; the last is the duration of an alarm.
pub(super) const LEAD_EDGES_HOURS: [f64; 7] = [4.0, 8.0, 12.0, 24.0, 36.0, 48.0, 72.0];

/// Hours from each true alarm to its liquidation, ascending.
pub(super) fn lead_times_hours(alarms: &[Alarm]) -> Vec<f64> {
    let lead = |alarm: &Alarm| match alarm.outcome {
        AlarmOutcome::Hit(start_s) => Some((start_s - alarm.raised_s) as f64 / SECONDS_PER_HOUR),
        AlarmOutcome::FalseAlarm | AlarmOutcome::Censored => None,
    };
    let mut leads: Vec<f64> = alarms.iter().filter_map(lead).collect();
    leads.sort_unstable_by(f64::total_cmp);
    leads
}

/// Quartiles of ascending values, interpolated.
pub(super) fn quartiles(sorted: &[f64]) -> Option<[f64; 3]> {
    let last = sorted.len().checked_sub(1)?;
    let at = |quarter: usize| {
        let position = (quarter * last) as f64 / 4.0;
        let (below, fraction) = (position as usize, position.fract());
        sorted[below] + (sorted[(below + 1).min(last)] - sorted[below]) * fraction
    };
    Some([at(1), at(2), at(3)])
}

/// Number of lead times per bin; the last bin includes longer ones.
pub(super) fn lead_histogram(leads: &[f64]) -> Vec<usize> {
    let mut bins = vec![0; LEAD_EDGES_HOURS.len()];
    for lead in leads {
        let bin = LEAD_EDGES_HOURS.partition_point(|edge| edge < lead);
        bins[bin.min(LEAD_EDGES_HOURS.len() - 1)] += 1;
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_interpolated_and_every_lead_has_a_bin() {
        assert_eq!(quartiles(&[1.0, 2.0, 3.0, 5.0]), Some([1.75, 2.5, 3.5]));
        assert_eq!(quartiles(&[]), None);
        assert_eq!(lead_histogram(&[1.0, 4.0, 5.0, 72.0, 80.0]), [2, 1, 0, 0, 0, 0, 2]);
    }
}
