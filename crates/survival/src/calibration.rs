//! Forecasts corrected by how survival was spread on rows that they had not seen.

/// Bins of survival, each with a correction of its own.
const BINS: usize = 10;
/// Events expected that count for "as forecast", in each bin.
const PRIOR_EVENTS: f64 = 20.0;

/// A map of survival to survival, from 0 to 0 and from 1 to 1.
///
/// If forecasts are right, `-ln S(T)` is an exponential duration of hazard 1, censored where the
/// row was. In each bin of `S` its hazard is estimated by events over exposure, held towards 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Calibration {
    /// The hazard of `-ln S` from high survival down.
    factors: [f64; BINS],
}

impl Calibration {
    /// Learns from forecasts of rows' survival to their end, and whether that was an event.
    pub(crate) fn fit(rows: impl Iterator<Item = (f64, bool)>) -> Self {
        let (mut seen, mut expected) = ([PRIOR_EVENTS; BINS], [PRIOR_EVENTS; BINS]);
        for (survival, event) in rows {
            let bins = expected.iter_mut().enumerate();
            bins.for_each(|(bin, expected)| *expected += bin_exposure(bin, survival));
            if event {
                seen[bin_index(survival)] += 1.0;
            }
        }
        Self { factors: std::array::from_fn(|bin| seen[bin] / expected[bin]) }
    }

    /// The corrected survival.
    pub(crate) fn apply(&self, survival: f64) -> f64 {
        let factors = self.factors.iter().enumerate();
        (-factors.map(|(bin, factor)| factor * bin_exposure(bin, survival)).sum::<f64>()).exp()
    }

    /// Corrects a row's curves: at each time survival, then each cause's incidence.
    ///
    /// Of what is lost between two times each cause keeps its share.
    pub(crate) fn apply_to_curves(&self, curves: &mut [f64], width: usize) {
        let mut before = vec![0.0; width];
        before[0] = 1.0;
        let mut corrected = before.clone();
        for at in curves.chunks_exact_mut(width) {
            let survival = self.apply(at[0]).min(corrected[0]);
            let (lost, gone) = (corrected[0] - survival, before[0] - at[0]);
            for cause in 1..width {
                let share = if gone > 0.0 { (at[cause] - before[cause]) / gone } else { 0.0 };
                corrected[cause] += share * lost;
            }
            if gone > 0.0 {
                corrected[0] = survival;
            }
            before.copy_from_slice(at);
            at.copy_from_slice(&corrected);
        }
    }
}

/// How much of `-ln S` was lived through in a bin.
fn bin_exposure(bin: usize, survival: f64) -> f64 {
    let edge = |bin: usize| 1.0 - bin as f64 / BINS as f64;
    let from = edge(bin);
    let to = if bin + 1 == BINS { f64::MIN_POSITIVE } else { edge(bin + 1) };
    if survival >= from { 0.0 } else { (from / survival.max(to)).ln() }
}

fn bin_index(survival: f64) -> usize {
    (((1.0 - survival) * BINS as f64) as usize).min(BINS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uniform_survival(count: usize) -> impl Iterator<Item = f64> {
        (0..count).map(move |row| (row as f64 + 0.5) / count as f64)
    }

    #[test]
    fn calibrated_forecasts_are_unchanged() {
        let map = Calibration::fit(uniform_survival(10_000).map(|survival| (survival, true)));
        for survival in [0.0, 0.05, 0.3, 0.77, 1.0] {
            assert!((map.apply(survival) - survival).abs() < 0.01);
        }
    }

    #[test]
    fn a_forecast_of_twice_the_hazard_is_halved() {
        let map =
            Calibration::fit(uniform_survival(100_000).map(|survival| (survival * survival, true)));
        for survival in [0.1_f64, 0.3, 0.77] {
            assert!((map.apply(survival * survival) - survival).abs() < 0.02);
        }
    }

    #[test]
    fn censored_rows_count_for_their_exposure() {
        let censored = uniform_survival(10_000).enumerate().map(|(row, survival)| {
            let seen = 0.6 + 0.4 * (row % 7) as f64 / 7.0;
            if survival < seen { (seen, false) } else { (survival, true) }
        });
        let map = Calibration::fit(censored);
        assert!((map.apply(0.8) - 0.8).abs() < 0.01);
        assert!((map.apply(0.3) - 0.3).abs() < 0.02);
    }

    #[test]
    fn corrected_curves_sum_to_one() {
        let map = Calibration::fit(uniform_survival(500).map(|survival| (survival.sqrt(), true)));
        let mut curves = vec![1.0, 0.0, 0.0, 0.8, 0.15, 0.05, 0.8, 0.15, 0.05, 0.3, 0.3, 0.4];
        map.apply_to_curves(&mut curves, 3);
        for at in curves.chunks(3) {
            assert!((at.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        assert_eq!(curves[3..6], curves[6..9]);
        assert!((curves[9] - map.apply(0.3)).abs() < 1e-12);
    }
}
