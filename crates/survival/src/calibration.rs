//! Recalibration of survival by its distribution on held-out rows.

/// Bins of survival, each with its own factor.
const BINS: usize = 10;
/// Prior weight of the factor 1 in each bin, in expected events.
const PRIOR_EVENTS: f64 = 20.0;

/// A map of survival to survival, from 0 to 0 and from 1 to 1.
///
/// For calibrated forecasts `-ln S(T)` is an exponential duration with hazard 1, censored where the
/// row was. In each bin of `S` its hazard is estimated as events over exposure, shrunk towards 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Calibration {
    /// The hazard of `-ln S` by bin, from high survival to low.
    factors: [f64; BINS],
}

impl Calibration {
    /// Fits the factors to pairs of a row's forecast survival to its end and whether that end was an
    /// event.
    pub(crate) fn fit(rows: impl Iterator<Item = (f64, bool)>) -> Self {
        let (mut observed, mut expected) = ([PRIOR_EVENTS; BINS], [PRIOR_EVENTS; BINS]);
        for (survival, event) in rows {
            let bins = expected.iter_mut().enumerate();
            bins.for_each(|(bin, expected)| *expected += bin_exposure(bin, survival));
            if event {
                observed[bin_index(survival)] += 1.0;
            }
        }
        Self { factors: std::array::from_fn(|bin| observed[bin] / expected[bin]) }
    }

    /// The recalibrated survival.
    pub(crate) fn apply(&self, survival: f64) -> f64 {
        let factors = self.factors.iter().enumerate();
        (-factors.map(|(bin, factor)| factor * bin_exposure(bin, survival)).sum::<f64>()).exp()
    }

    /// Recalibrates a row's curves: at each time survival, then each cause's incidence.
    ///
    /// Each cause keeps its share of the loss of survival between two times.
    pub(crate) fn apply_to_curves(&self, curves: &mut [f64], width: usize) {
        let mut before = vec![0.0; width];
        before[0] = 1.0;
        let mut corrected = before.clone();
        for at in curves.chunks_exact_mut(width) {
            let survival = self.apply(at[0]).min(corrected[0]);
            let (corrected_loss, loss) = (corrected[0] - survival, before[0] - at[0]);
            for cause in 1..width {
                let share = if loss > 0.0 { (at[cause] - before[cause]) / loss } else { 0.0 };
                corrected[cause] += share * corrected_loss;
            }
            if loss > 0.0 {
                corrected[0] = survival;
            }
            before.copy_from_slice(at);
            at.copy_from_slice(&corrected);
        }
    }
}

/// The part of `-ln S` in a bin.
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
            let censored_at = 0.6 + 0.4 * (row % 7) as f64 / 7.0;
            if survival < censored_at { (censored_at, false) } else { (survival, true) }
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
