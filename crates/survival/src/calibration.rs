//! Recalibration of survival by its distribution on held-out rows.

/// Bins of survival, each with its own factor.
const BINS: usize = 10;
/// Prior weights of the factor 1 in each bin, in expected events, among which folds choose; with the
/// last, forecasts stay as they are.
const PRIOR_EVENTS: [f64; 4] = [20.0, 80.0, 320.0, f64::INFINITY];

/// A row's forecast survival, and how the row ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CalibrationRow {
    /// Survival to the row's entry; 1 without delayed entry.
    pub(crate) at_entry: f64,
    /// Survival to the row's end.
    pub(crate) survival: f64,
    /// Whether the end was an event.
    pub(crate) event: bool,
}

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
    /// Fits the factors to rows, by fold.
    ///
    /// The prior is the one with which factors from the other folds give a fold's rows the greatest
    /// likelihood, summed over folds; the strongest of equal ones.
    pub(crate) fn fit(folds: &[Vec<CalibrationRow>]) -> Self {
        let likelihood = |prior: f64| -> f64 {
            let fold = |n: usize| {
                let others = folds.iter().enumerate().filter(|(other, _)| *other != n);
                let factors =
                    Self::fit_with_prior(others.flat_map(|(_, rows)| rows).copied(), prior);
                folds[n].iter().map(|row| factors.log_likelihood(row)).sum::<f64>()
            };
            (0..folds.len()).map(fold).sum()
        };
        let priors = PRIOR_EVENTS.iter().map(|&prior| (likelihood(prior), prior));
        let best = priors.reduce(|best, next| if next.0 >= best.0 { next } else { best });
        let (_, prior) = best.expect("there are priors to choose from");
        Self::fit_with_prior(folds.iter().flatten().copied(), prior)
    }

    /// Fits the factors with a prior weight of the factor 1.
    fn fit_with_prior(rows: impl Iterator<Item = CalibrationRow>, prior: f64) -> Self {
        if prior == f64::INFINITY {
            return Self { factors: [1.0; BINS] };
        }
        let (mut observed, mut expected) = ([prior; BINS], [prior; BINS]);
        for CalibrationRow { at_entry, survival, event } in rows {
            for (bin, expected) in expected.iter_mut().enumerate() {
                *expected += bin_exposure(bin, survival) - bin_exposure(bin, at_entry);
            }
            if event {
                observed[bin_index(survival)] += 1.0;
            }
        }
        Self { factors: std::array::from_fn(|bin| observed[bin] / expected[bin]) }
    }

    /// The log density of a row's end on the scale of survival, given survival to its entry.
    fn log_likelihood(&self, row: &CalibrationRow) -> f64 {
        let end = self.log_survival(row.survival) - self.log_survival(row.at_entry);
        if row.event { end + self.factors[bin_index(row.survival)].ln() } else { end }
    }

    fn log_survival(&self, survival: f64) -> f64 {
        let factors = self.factors.iter().enumerate();
        -factors.map(|(bin, factor)| factor * bin_exposure(bin, survival)).sum::<f64>()
    }

    /// The recalibrated survival.
    pub(crate) fn apply(&self, survival: f64) -> f64 {
        self.log_survival(survival).exp()
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

    fn row((survival, event): (f64, bool)) -> CalibrationRow {
        CalibrationRow { at_entry: 1.0, survival, event }
    }

    /// With a weak prior, whatever the folds.
    fn fit(rows: impl Iterator<Item = CalibrationRow>) -> Calibration {
        Calibration::fit_with_prior(rows, 20.0)
    }

    fn uniform_survival(count: usize) -> impl Iterator<Item = f64> {
        (0..count).map(move |row| (row as f64 + 0.5) / count as f64)
    }

    #[test]
    fn calibrated_forecasts_are_unchanged() {
        let map = fit(uniform_survival(10_000).map(|survival| row((survival, true))));
        for survival in [0.0, 0.05, 0.3, 0.77, 1.0] {
            assert!((map.apply(survival) - survival).abs() < 0.01);
        }
    }

    #[test]
    fn a_forecast_of_twice_the_hazard_is_halved() {
        let map = fit(uniform_survival(100_000).map(|survival| row((survival * survival, true))));
        for survival in [0.1_f64, 0.3, 0.77] {
            assert!((map.apply(survival * survival) - survival).abs() < 0.02);
        }
    }

    #[test]
    fn censored_rows_count_for_their_exposure() {
        let censored = uniform_survival(10_000).enumerate().map(|(n, survival)| {
            let censored_at = 0.6 + 0.4 * (n % 7) as f64 / 7.0;
            row(if survival < censored_at { (censored_at, false) } else { (survival, true) })
        });
        let map = fit(censored);
        assert!((map.apply(0.8) - 0.8).abs() < 0.01);
        assert!((map.apply(0.3) - 0.3).abs() < 0.02);
    }

    #[test]
    fn corrected_curves_sum_to_one() {
        let map = fit(uniform_survival(500).map(|survival| row((survival.sqrt(), true))));
        let mut curves = vec![1.0, 0.0, 0.0, 0.8, 0.15, 0.05, 0.8, 0.15, 0.05, 0.3, 0.3, 0.4];
        map.apply_to_curves(&mut curves, 3);
        for at in curves.chunks(3) {
            assert!((at.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        assert_eq!(curves[3..6], curves[6..9]);
        assert!((curves[9] - map.apply(0.3)).abs() < 1e-12);
    }
}
