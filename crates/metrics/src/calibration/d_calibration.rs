//! D-calibration: whether survival at the end of each row is spread evenly over (0, 1).

use crate::support::chi_squared::chi_squared_survival;
use crate::support::inputs::all_finite;

/// The outcome of a test of D-calibration.
#[derive(Debug, Clone, PartialEq)]
pub struct DCalibration {
    /// Pearson's `sum of (count - n/bins)^2 / (n/bins)`.
    pub statistic: f64,
    /// The chance of a statistic this large in a calibrated forecast.
    pub p_value: f64,
    /// Rows (or parts of rows) per bin of survival, from `[0, 1/bins)` up.
    pub counts: Vec<f64>,
}

/// Tests that `S_i(T_i)` is uniform, with a chi-squared test of `bins - 1` degrees of freedom.
///
/// `survival_at_observed` has the `S_i(T_i)`; a row with an event counts one in its bin, a censored
/// one is spread evenly over `(0, S_i(T_i)]`, where its event must lie. Haider et al. 2020, JMLR
/// 21(85). Values are clamped to `[0, 1]`; `None` on fewer than two bins or no rows.
///
/// The test takes rows as independent and its power grows with their number: on 10^5 rows of the
/// same accounts it rejects forecasts whose `counts` are flat for all purposes.
pub fn d_calibration(
    survival_at_observed: &[f64],
    events: &[bool],
    bins: usize,
) -> Option<DCalibration> {
    if bins < 2 || !all_finite(survival_at_observed, events.len()) {
        return None;
    }
    let mut counts = vec![0.0; bins];
    for (survival, &event) in survival_at_observed.iter().zip(events) {
        let survival = survival.clamp(0.0, 1.0);
        let bin = ((survival * bins as f64) as usize).min(bins - 1);
        if event || survival == 0.0 {
            counts[bin] += 1.0;
        } else {
            counts[bin] += (survival - bin as f64 / bins as f64) / survival;
            let share = 1.0 / (bins as f64 * survival);
            counts[..bin].iter_mut().for_each(|count| *count += share);
        }
    }
    let expected = events.len() as f64 / bins as f64;
    let statistic = counts.iter().map(|count| (count - expected).powi(2) / expected).sum();
    Some(DCalibration { statistic, p_value: chi_squared_survival(statistic, bins - 1), counts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_set::{assert_near, test_rows};

    // from SurvivalEVAL.evaluations.calibration.distributional.distribution_calibration \
    //     import d_calibration
    // d_calibration(np.exp(-0.5 * r * d), e, 10)  # its histogram runs from high survival down
    #[test]
    fn statistic_p_value_and_counts_agree_with_survival_eval() {
        let set = test_rows();
        let survival: Vec<f64> =
            set.risk.iter().zip(&set.durations).map(|(r, d)| (-0.5 * r * d).exp()).collect();
        let test = d_calibration(&survival, &set.events, 10).unwrap();
        assert_near(test.statistic, 7.530524134221997);
        assert_near(test.p_value, 0.5820592148878398);
        for (count, expected) in test.counts.iter().zip([
            10.69186989484691,
            10.69186989484691,
            10.69186989484691,
            11.337955412784808,
            11.821530195998905,
            9.69993905710067,
            12.658745437897206,
            18.951466801370998,
            15.636772980979623,
            7.817980429327065,
        ]) {
            assert_near(*count, expected);
        }
    }

    // survival = np.array([0, 0, 0.25, 1, 1, 0.5, 0.75, 0.2])
    // d_calibration(survival, np.array([1, 0, 1, 1, 0, 0, 0, 0]) == 1, 4)
    #[test]
    fn edges_zero_and_one_agree_with_survival_eval() {
        let survival = [0.0, 0.0, 0.25, 1.0, 1.0, 0.5, 0.75, 0.2];
        let events = [true, false, true, true, false, false, false, false];
        let test = d_calibration(&survival, &events, 4).unwrap();
        assert_near(test.statistic, 3.4583333333333335);
        assert_near(test.p_value, 0.32620649151404163);
        assert_near(test.counts[0], 4.083333333333333);
        assert_near(test.counts[1], 2.083333333333333);
        assert_near(test.counts[2], 0.5833333333333333);
        assert_near(test.counts[3], 1.25);
    }

    #[test]
    fn uniform_survival_passes_and_skewed_survival_fails() {
        let uniform: Vec<f64> = (0..1000).map(|row| (row as f64 + 0.5) / 1000.0).collect();
        let skewed: Vec<f64> = uniform.iter().map(|survival| survival * survival).collect();
        assert!(d_calibration(&uniform, &[true; 1000], 10).unwrap().p_value > 0.999);
        assert!(d_calibration(&skewed, &[true; 1000], 10).unwrap().p_value < 1e-9);
    }

    #[test]
    fn one_bin_nan_and_unequal_lengths_are_undefined() {
        assert_eq!(d_calibration(&[0.5], &[true], 1), None);
        assert_eq!(d_calibration(&[f64::NAN], &[true], 10), None);
        assert_eq!(d_calibration(&[0.5], &[true, false], 10), None);
        assert_eq!(d_calibration(&[], &[], 10), None);
    }
}
