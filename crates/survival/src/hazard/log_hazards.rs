//! From piecewise constant hazards to survival and cumulative incidence.

use crate::hazard::intervals::{HazardIntervals, Segment};
use crate::hazard::likelihood::EventExposure;

/// Log hazards, members by rows by causes by intervals.
#[derive(Debug, Clone)]
pub(crate) struct LogHazards {
    pub(crate) members: usize,
    pub(crate) rows: usize,
    pub(crate) causes: usize,
    pub(crate) intervals: usize,
    pub(crate) values: Vec<f32>,
}

impl LogHazards {
    /// The hazards of a row by one member, causes by intervals.
    fn hazards(&self, member: usize, row: usize) -> impl Iterator<Item = f64> {
        let width = self.causes * self.intervals;
        let from = (member * self.rows + row) * width;
        self.values[from..from + width].iter().map(|&log| f64::from(log).exp())
    }

    /// The members' mean survival of a row at a moment of operational time.
    pub(crate) fn survival(
        &self,
        row: usize,
        hazard_intervals: &HazardIntervals,
        moment: f64,
    ) -> f64 {
        let members = (0..self.members).map(|member| {
            let hazards = self.hazards(member, row).enumerate();
            let cumulative: f64 = hazards
                .map(|(n, h)| h * hazard_intervals.exposure(n % self.intervals, moment))
                .sum();
            (-cumulative).exp()
        });
        members.sum::<f64>() / self.members as f64
    }

    /// The mean log likelihood of rows.
    pub(crate) fn log_likelihood(&self, event_exposure: &EventExposure) -> f64 {
        let rows = (0..self.rows).map(|row| self.row_log_likelihood(row, event_exposure));
        rows.sum::<f64>() / self.rows as f64
    }

    /// The log likelihood of a row under the members' mean curve, given survival to its entry.
    pub(crate) fn row_log_likelihood(&self, row: usize, event_exposure: &EventExposure) -> f64 {
        let width = self.causes * self.intervals;
        let logs = (0..self.members).map(|member| {
            let from = (member * self.rows + row) * width;
            &self.values[from..from + width]
        });
        let at_entry: Vec<f64> =
            logs.clone().map(|logs| event_exposure.log_survival_at_entry(row, logs)).collect();
        let whole = logs.zip(&at_entry);
        let whole: Vec<f64> =
            whole.map(|(logs, entry)| event_exposure.log_likelihood(row, logs) + entry).collect();
        log_mean_exp(&whole) - log_mean_exp(&at_entry)
    }

    /// Adds `weight` times the members' mean curves of a row to `sums`: at each requested moment
    /// survival, then each cause's incidence.
    ///
    /// While hazards are constant, each cause has the share of its hazard in the loss of survival.
    pub(crate) fn add_curves(
        &self,
        row: usize,
        weight: f64,
        segments: &[Segment],
        sums: &mut [f64],
    ) {
        let weight = weight / self.members as f64;
        let mut incidence = vec![0.0; self.causes];
        for member in 0..self.members {
            let hazards: Vec<f64> = self.hazards(member, row).collect();
            let totals: Vec<f64> = (0..self.intervals)
                .map(|k| hazards.iter().skip(k).step_by(self.intervals).sum())
                .collect();
            incidence.fill(0.0);
            let mut survival = 1.0;
            for segment in segments {
                let (k, total) = (segment.interval, totals[segment.interval]);
                let left = survival * (-total * segment.length).exp();
                let lost = if total > 0.0 { (survival - left) / total } else { 0.0 };
                for (cause, incidence) in incidence.iter_mut().enumerate() {
                    *incidence += lost * hazards[cause * self.intervals + k];
                }
                survival = left;
                if let Some(index) = segment.moment_index {
                    let sums = &mut sums[index * (self.causes + 1)..][..=self.causes];
                    sums[0] += weight * survival;
                    sums[1..].iter_mut().zip(&incidence).for_each(|(sum, i)| *sum += weight * i);
                }
            }
        }
    }
}

/// The log of the mean of exponentials.
fn log_mean_exp(logs: &[f64]) -> f64 {
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    top + (logs.iter().map(|log| (log - top).exp()).sum::<f64>() / logs.len() as f64).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hazard::operational_time::OperationalTime;

    fn hazard_intervals() -> HazardIntervals {
        let durations: Vec<f64> = (0..64).map(f64::from).collect();
        HazardIntervals::new(&OperationalTime::fit(&durations, &[true; 64], None), 64)
    }

    fn hazards(hazard_intervals: &HazardIntervals) -> LogHazards {
        let intervals = hazard_intervals.count();
        let values =
            (0..3 * 2 * 2 * intervals).map(|n| ((n * 7 % 11) as f32 - 5.0) / 4.0).collect();
        LogHazards { members: 3, rows: 2, causes: 2, intervals, values }
    }

    const MOMENTS: [f64; 5] = [0.0, 0.1, 0.7, 1.5, 4.0];

    fn curves(hazards: &LogHazards, hazard_intervals: &HazardIntervals, row: usize) -> Vec<f64> {
        let mut sums = vec![0.0; MOMENTS.len() * 3];
        hazards.add_curves(row, 1.0, &hazard_intervals.segments(&MOMENTS), &mut sums);
        sums
    }

    #[test]
    fn survival_and_incidences_sum_to_one() {
        let hazard_intervals = hazard_intervals();
        for row in [0, 1] {
            for at in curves(&hazards(&hazard_intervals), &hazard_intervals, row).chunks(3) {
                assert!((at.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{at:?}");
            }
        }
    }

    #[test]
    fn curves_equal_the_survival_at_each_moment() {
        let hazard_intervals = hazard_intervals();
        let hazards = hazards(&hazard_intervals);
        let curves = curves(&hazards, &hazard_intervals, 1);
        for (at, moment) in curves.chunks(3).zip(MOMENTS) {
            assert!((at[0] - hazards.survival(1, &hazard_intervals, moment)).abs() < 1e-12);
        }
    }

    #[test]
    fn constant_hazards_share_the_incidence_in_proportion() {
        let hazard_intervals = hazard_intervals();
        let intervals = hazard_intervals.count();
        let logs = [0.5_f32.ln(), 1.5_f32.ln()];
        let values = logs.iter().flat_map(|&log| vec![log; intervals]).collect();
        let hazards = LogHazards { members: 1, rows: 1, causes: 2, intervals, values };
        for (at, moment) in curves(&hazards, &hazard_intervals, 0).chunks(3).zip(MOMENTS) {
            let lost = 1.0 - (-2.0 * moment).exp();
            assert!((at[1] - 0.25 * lost).abs() < 1e-6 && (at[2] - 0.75 * lost).abs() < 1e-6);
        }
    }
}
