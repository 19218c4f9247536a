//! The Brier score of a survival forecast under censoring, at one time and over many.

use crate::nonparametric::kaplan_meier::KaplanMeier;
use crate::support::inputs::{all_finite, inverse_or_zero, valid_durations};
use crate::support::sums::chunked_sums;

/// The Brier score at `t` days, weighted by the inverse probability of censoring.
///
/// `BS(t) = 1/n sum of S_i(t)^2 1(T_i <= t, event) / G(T_i) + (1 - S_i(t))^2 1(T_i > t) / G(t)`
/// (Graf et al. 1999, Statistics in Medicine 18(17)), as in scikit-survival: `G` at `T_i` itself
/// and no weight where `G` is zero. Keep `t` below the longest duration that `censoring` saw,
/// beyond which `G` is only extrapolated.
///
/// pycox differs: it takes `G(T_i-)`, lets events at a tie stay at risk of censoring when it
/// fits `G`, and divides by the sum of the weights in place of `n`.
pub fn brier_score_ipcw(
    durations: &[f64],
    events: &[bool],
    censoring: &KaplanMeier,
    t: f64,
    survival: impl Fn(usize, f64) -> f64 + Sync,
) -> Option<f64> {
    brier_curve_ipcw(durations, events, censoring, &[t], survival).map(|scores| scores[0])
}

/// [`brier_score_ipcw`] at each of `times` in days, in one parallel pass over the rows.
///
/// `None` on no times too. `survival` is called only for rows whose state at the time is known.
pub fn brier_curve_ipcw(
    durations: &[f64],
    events: &[bool],
    censoring: &KaplanMeier,
    times: &[f64],
    survival: impl Fn(usize, f64) -> f64 + Sync,
) -> Option<Vec<f64>> {
    let rows = events.len();
    if !valid_durations(durations, rows) || !all_finite(times, times.len()) {
        return None;
    }
    let control_weights: Vec<f64> =
        times.iter().map(|&t| inverse_or_zero(censoring.survival_at(t))).collect();
    let sums = chunked_sums(rows, times.len(), |row, sums| {
        let duration = durations[row];
        let case_weight =
            if events[row] { inverse_or_zero(censoring.survival_at(duration)) } else { 0.0 };
        for ((sum, &t), control_weight) in sums.iter_mut().zip(times).zip(&control_weights) {
            if duration > t {
                *sum += (1.0 - survival(row, t)).powi(2) * control_weight;
            } else if events[row] {
                *sum += survival(row, t).powi(2) * case_weight;
            }
        }
    });
    Some(sums.into_iter().map(|sum| sum / rows as f64).collect())
}

/// The integrated Brier score: the mean of `BS(t)` over `times` by the trapezoidal rule.
///
/// `times` are in days, strictly ascending, at least two; `None` otherwise. As in
/// scikit-survival; pycox takes Simpson's rule. Scores on different grids cannot be compared.
pub fn integrated_brier_score(
    durations: &[f64],
    events: &[bool],
    censoring: &KaplanMeier,
    times: &[f64],
    survival: impl Fn(usize, f64) -> f64 + Sync,
) -> Option<f64> {
    time_mean(times, || brier_curve_ipcw(durations, events, censoring, times, survival))
}

/// The mean of scores over strictly ascending times by the trapezoidal rule.
pub(crate) fn time_mean(times: &[f64], scores: impl FnOnce() -> Option<Vec<f64>>) -> Option<f64> {
    if times.len() < 2 || !times.is_sorted_by(|earlier, later| earlier < later) {
        return None;
    }
    let scores = scores()?;
    let trapezoids = times
        .windows(2)
        .zip(scores.windows(2))
        .map(|(t, bs)| (t[1] - t[0]) * (bs[0] + bs[1]) / 2.0);
    Some(trapezoids.sum::<f64>() / (times[times.len() - 1] - times[0]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_set::{assert_near, rows, test_rows, train_rows};

    fn grid() -> Vec<f64> {
        (0..19).map(|k| 1.0 + k as f64 / 2.0).collect()
    }

    // from sksurv.metrics import brier_score, integrated_brier_score
    // times = np.linspace(1, 10, 19)
    // S = np.exp(-r[:, None] * times)
    // brier_score(y(7, 120), y(7, 120), S, times)[1][[0, 8, 18]]
    // integrated_brier_score(y(7, 120), y(7, 120), S, times)
    #[test]
    fn weights_from_the_scored_rows_agree_with_scikit_survival() {
        let set = test_rows();
        let censoring = KaplanMeier::fit_censoring(&set.durations, &set.events).unwrap();
        let survival = |row: usize, t: f64| (-set.risk[row] * t).exp();
        for (t, score) in
            [(1.0, 0.025583311895288233), (5.0, 0.18944464851527165), (10.0, 0.21511553768689484)]
        {
            let scored = brier_score_ipcw(&set.durations, &set.events, &censoring, t, survival);
            assert_near(scored.unwrap(), score);
        }
        let integrated =
            integrated_brier_score(&set.durations, &set.events, &censoring, &grid(), survival);
        assert_near(integrated.unwrap(), 0.1796700756904863);
    }

    // brier_score(y(8, 200, 1.5), y(7, 120), S, times)[1][[0, 8, 18]]
    // integrated_brier_score(y(8, 200, 1.5), y(7, 120), S, times)
    #[test]
    fn weights_from_other_rows_agree_with_scikit_survival() {
        let (set, train) = (test_rows(), train_rows());
        let censoring = KaplanMeier::fit_censoring(&train.durations, &train.events).unwrap();
        let survival = |row: usize, t: f64| (-set.risk[row] * t).exp();
        let curve = brier_curve_ipcw(&set.durations, &set.events, &censoring, &grid(), survival);
        let curve = curve.unwrap();
        assert_near(curve[0], 0.024581392352313047);
        assert_near(curve[8], 0.17688330507418973);
        assert_near(curve[18], 0.14441916282072204);
        let integrated =
            integrated_brier_score(&set.durations, &set.events, &censoring, &grid(), survival);
        assert_near(integrated.unwrap(), 0.1554604128910223);
    }

    #[test]
    fn without_censoring_it_is_the_plain_brier_score() {
        let set = rows(3, 50);
        let all = vec![true; 50];
        let censoring = KaplanMeier::fit_censoring(&set.durations, &all).unwrap();
        let survival = |row: usize, t: f64| (-set.risk[row] * t).exp();
        let ended: Vec<bool> = set.durations.iter().map(|&duration| duration <= 6.0).collect();
        let probabilities: Vec<f64> = (0..50).map(|row| 1.0 - survival(row, 6.0)).collect();
        assert_near(
            brier_score_ipcw(&set.durations, &all, &censoring, 6.0, survival).unwrap(),
            crate::proper_scores::probability::brier_score(&probabilities, &ended).unwrap(),
        );
    }

    #[test]
    fn disordered_or_single_times_and_unequal_lengths_are_undefined() {
        let censoring = KaplanMeier::fit_censoring(&[1.0, 2.0], &[true, false]).unwrap();
        let integrated = |durations: &[f64], times: &[f64]| {
            integrated_brier_score(durations, &[true, false], &censoring, times, |_, _| 0.5)
        };
        assert!(integrated(&[1.0, 2.0], &[0.5, 1.5]).is_some());
        assert_eq!(integrated(&[1.0, 2.0], &[0.5]), None);
        assert_eq!(integrated(&[1.0, 2.0], &[0.5, 0.5]), None);
        assert_eq!(integrated(&[1.0], &[0.5, 1.5]), None);
    }
}
