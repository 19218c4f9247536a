//! The Brier score of one cause's cumulative incidence under censoring and competing causes.

use crate::nonparametric::kaplan_meier::KaplanMeier;
use crate::proper_scores::brier_ipcw::time_mean;
use crate::support::inputs::{all_finite, inverse_or_zero, valid_durations};
use crate::support::sums::chunked_sums;

/// The Brier score of a cause's incidence at each of `times`, weighted by the inverse probability of
/// censoring.
///
/// `BS_k(t) = 1/n sum of (1 - F_k)^2 1(T <= t, cause k) / G(T) + F_k^2 1(T <= t, other cause) / G(T)
/// + F_k^2 1(T > t) / G(t)`, with `F_k = incidence(row, t)` (Schoop et al. 2011, Biometrical
/// Journal 53(1); Gerds and Schumacher 2006 for the weights). `causes` is 0 for censored rows, and
/// `censoring` is fitted with the end by any cause as the event. Weights as in
/// [`brier_score_ipcw`](crate::brier_score_ipcw); with one cause the two are equal.
pub fn brier_curve_of_cause(
    durations: &[f64],
    causes: &[u8],
    cause: u8,
    censoring: &KaplanMeier,
    times: &[f64],
    incidence: impl Fn(usize, f64) -> f64 + Sync,
) -> Option<Vec<f64>> {
    let rows = causes.len();
    if cause == 0 || !valid_durations(durations, rows) || !all_finite(times, times.len()) {
        return None;
    }
    let lasting: Vec<f64> =
        times.iter().map(|&t| inverse_or_zero(censoring.survival_at(t))).collect();
    let sums = chunked_sums(rows, times.len(), |row, sums| {
        let (duration, ended) = (durations[row], causes[row]);
        let end_weight =
            if ended > 0 { inverse_or_zero(censoring.survival_at(duration)) } else { 0.0 };
        for ((sum, &t), lasting) in sums.iter_mut().zip(times).zip(&lasting) {
            if duration > t {
                *sum += incidence(row, t).powi(2) * lasting;
            } else if ended > 0 {
                let outcome = f64::from(u8::from(ended == cause));
                *sum += (outcome - incidence(row, t)).powi(2) * end_weight;
            }
        }
    });
    Some(sums.into_iter().map(|sum| sum / rows as f64).collect())
}

/// The mean of [`brier_curve_of_cause`] over `times` by the trapezoidal rule.
///
/// `times` are in days, strictly ascending, at least two; `None` otherwise.
pub fn integrated_brier_score_of_cause(
    durations: &[f64],
    causes: &[u8],
    cause: u8,
    censoring: &KaplanMeier,
    times: &[f64],
    incidence: impl Fn(usize, f64) -> f64 + Sync,
) -> Option<f64> {
    time_mean(times, || brier_curve_of_cause(durations, causes, cause, censoring, times, incidence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proper_scores::brier_ipcw::{brier_curve_ipcw, integrated_brier_score};
    use crate::test_set::{TestSet, assert_near, test_rows};

    const TIMES: [f64; 4] = [1.0, 3.0, 5.5, 10.0];

    fn incidence(set: &TestSet) -> impl Fn(usize, f64) -> f64 + Sync {
        |row, t| 0.6 * (1.0 - (-set.risk[row] * t).exp())
    }

    fn censoring(set: &TestSet) -> KaplanMeier {
        let events: Vec<bool> = set.causes.iter().map(|&cause| cause > 0).collect();
        KaplanMeier::fit_censoring(&set.durations, &events).unwrap()
    }

    #[test]
    fn with_one_cause_it_is_the_score_of_survival() {
        let set = test_rows();
        let causes: Vec<u8> = set.events.iter().map(|&event| u8::from(event)).collect();
        let censoring = KaplanMeier::fit_censoring(&set.durations, &set.events).unwrap();
        let f = incidence(&set);
        let of_cause =
            brier_curve_of_cause(&set.durations, &causes, 1, &censoring, &TIMES, &f).unwrap();
        let survival = |row: usize, t: f64| 1.0 - f(row, t);
        let of_survival =
            brier_curve_ipcw(&set.durations, &set.events, &censoring, &TIMES, survival).unwrap();
        of_cause.iter().zip(&of_survival).for_each(|(a, b)| assert_near(*a, *b));
        assert_near(
            integrated_brier_score_of_cause(&set.durations, &causes, 1, &censoring, &TIMES, &f)
                .unwrap(),
            integrated_brier_score(&set.durations, &set.events, &censoring, &TIMES, survival)
                .unwrap(),
        );
    }

    // w = lambda t: np.where(d > t, 1 / G(t), np.where(c > 0, 1 / G(d), 0)), with G of any cause:
    // a constant forecast p costs p^2 + (1 - 2 p) CIF_k(t) where weights sum to n
    #[test]
    fn a_constant_forecast_is_best_at_the_estimated_incidence() {
        let set = test_rows();
        let g = censoring(&set);
        let score = |p: f64| {
            brier_curve_of_cause(&set.durations, &set.causes, 2, &g, &[6.0], |_, _| p).unwrap()[0]
        };
        let known = crate::AalenJohansen::fit(&set.durations, &set.causes).unwrap();
        let best = known.cumulative_incidence(2, 6.0);
        assert!(score(best) < score(best + 0.02) && score(best) < score(best - 0.02));
        // The slope at 0 is minus twice the weighted share of events: the incidence, but for `G` at ties.
        let slope = (score(1e-6) - score(0.0)) / 1e-6;
        assert!((slope / -2.0 - best).abs() < 3e-3, "{slope} {best}");
    }

    #[test]
    fn no_cause_and_unequal_lengths_are_undefined() {
        let g = KaplanMeier::fit_censoring(&[1.0, 2.0], &[true, false]).unwrap();
        let score = |durations: &[f64], cause| {
            brier_curve_of_cause(durations, &[1, 0], cause, &g, &[0.5, 1.5], |_, _| 0.5)
        };
        assert!(score(&[1.0, 2.0], 1).is_some());
        assert_eq!(score(&[1.0, 2.0], 0), None);
        assert_eq!(score(&[1.0], 1), None);
    }
}
