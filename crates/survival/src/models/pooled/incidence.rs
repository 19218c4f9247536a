//! From cumulative incidences at horizons to piecewise constant hazards.

use plimsoll_numerics::logistic;

use crate::hazard::intervals::HazardIntervals;

/// Minimum survival: where forests promise more incidence, all of its rise is scaled down.
const MIN_SURVIVAL: f64 = 1e-3;
/// Minimum hazard, in multiples of the population's: a forest that sees no rise between two
/// horizons does not exclude one.
const MIN_HAZARD: f64 = 1e-3;

/// The rise of each cause's incidence up to each horizon, and survival at it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct IncidenceCurve {
    causes: usize,
    /// Horizons by causes.
    rises: Vec<Vec<f64>>,
    /// Survival at each horizon; with all earlier rises it sums to 1.
    survival: Vec<f64>,
}

impl IncidenceCurve {
    /// From log odds, causes by horizons.
    ///
    /// Forests of different causes do not know of each other. Where the sum of their incidences would
    /// exceed 1, the rises of all causes since the horizon before are scaled to what is left.
    pub(crate) fn new(margins: &[&[f64]]) -> Self {
        let horizons = margins.first().map_or(0, |of| of.len());
        let mut curve = Self { causes: margins.len(), rises: Vec::new(), survival: Vec::new() };
        let (mut left, mut before) = (1.0, vec![0.0; margins.len()]);
        for horizon in 0..horizons {
            let incidence: Vec<f64> = margins.iter().map(|of| logistic(of[horizon])).collect();
            let rises: Vec<f64> = incidence
                .iter()
                .zip(&before)
                .map(|(now, before)| (now - before).max(0.0))
                .collect();
            let total: f64 = rises.iter().sum();
            let available = left - MIN_SURVIVAL.min(left);
            let scale = if total > available { available / total } else { 1.0 };
            left -= scale * total;
            curve.rises.push(rises.into_iter().map(|rise| scale * rise).collect());
            curve.survival.push(left);
            before = incidence;
        }
        curve
    }

    /// The log hazards of causes by intervals, constant within each interval, with which survival and
    /// incidences at the horizons are those of the curve.
    ///
    /// Within an interval each cause has the share of its rise. Beyond the last horizon hazards are
    /// the mean ones up to it.
    pub(crate) fn log_hazards(&self, horizons: &[f64], intervals: &HazardIntervals) -> Vec<f32> {
        let mut logs = vec![0.0; self.causes * intervals.count()];
        let (mut now, mut left) = (0.0, 1.0);
        let mut mean = vec![0.0; self.causes];
        for k in 0..intervals.count() {
            let by_cause = match horizons.get(k) {
                Some(&horizon) => {
                    let rises = &self.rises[k];
                    let hazard = (left / self.survival[k]).ln() / (horizon - now);
                    let total: f64 = rises.iter().sum();
                    let share = |rise: &f64| if total > 0.0 { rise / total } else { 0.0 };
                    let hazards: Vec<f64> = rises.iter().map(|rise| hazard * share(rise)).collect();
                    let sums = mean.iter_mut().zip(&hazards);
                    sums.for_each(|(sum, of_cause)| *sum += of_cause * (horizon - now));
                    (now, left) = (horizon, self.survival[k]);
                    hazards
                }
                None => mean.iter().map(|sum| sum / now).collect(),
            };
            for (cause, hazard) in by_cause.into_iter().enumerate() {
                logs[cause * intervals.count() + k] = hazard.max(MIN_HAZARD).ln() as f32;
            }
        }
        logs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hazard::log_hazards::LogHazards;
    use crate::hazard::operational_time::OperationalTime;

    fn intervals() -> HazardIntervals {
        let durations: Vec<f64> = (0..64).map(f64::from).collect();
        HazardIntervals::new(&OperationalTime::fit(&durations, &[true; 64], None), 64)
    }

    fn horizons(intervals: &HazardIntervals) -> Vec<f64> {
        let mut horizons = intervals.ends().to_vec();
        horizons.push(intervals.ends()[intervals.count() - 2] + 0.7);
        horizons
    }

    fn margins(count: usize, from: f64, to: f64) -> Vec<f64> {
        (0..count).map(|k| from + (to - from) * k as f64 / (count - 1) as f64).collect()
    }

    /// Survival and incidences at each horizon.
    fn curves(margins: &[&[f64]]) -> Vec<f64> {
        let intervals = intervals();
        let horizons = horizons(&intervals);
        let values = IncidenceCurve::new(margins).log_hazards(&horizons, &intervals);
        let (causes, count) = (margins.len(), intervals.count());
        let hazards = LogHazards { members: 1, rows: 1, causes, intervals: count, values };
        let mut sums = vec![0.0; horizons.len() * (causes + 1)];
        hazards.add_curves(0, 1.0, &intervals.segments(&horizons), &mut sums);
        sums
    }

    #[test]
    fn hazards_lead_to_the_incidences_at_every_horizon() {
        let count = intervals().count();
        let (first, second) = (margins(count, -4.0, -0.4), margins(count, -3.0, -0.9));
        for (k, at) in curves(&[&first, &second]).chunks(3).enumerate() {
            assert!((at[1] - logistic(first[k])).abs() < 1e-6, "{at:?}");
            assert!((at[2] - logistic(second[k])).abs() < 1e-6, "{at:?}");
            assert!((at.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn incidences_that_exceed_one_are_scaled_and_never_fall() {
        let count = intervals().count();
        let (first, second) = (margins(count, -2.0, 3.0), margins(count, -1.0, 2.0));
        let curves = curves(&[&first, &second]);
        for pair in curves.chunks(3).collect::<Vec<_>>().windows(2) {
            assert!(pair[1][0] <= pair[0][0] && pair[1][0] > 0.0);
            assert!(pair[1][1] >= pair[0][1] && pair[1][2] >= pair[0][2]);
            assert!((pair[1].iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn beyond_the_last_horizon_hazards_are_the_mean() {
        let intervals = intervals();
        let horizon = [intervals.ends()[0]];
        let curve = IncidenceCurve::new(&[&[-1.0]]);
        let logs = curve.log_hazards(&horizon, &intervals);
        assert!(logs.iter().all(|log| (log - logs[0]).abs() < 1e-6));
    }
}
