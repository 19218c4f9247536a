//! The calibration curve: observed against predicted probability, bin by bin.

use crate::support::inputs::all_finite;

/// The standard normal quantile at 97.5 %.
const Z: f64 = 1.959963984540054;

/// Rows with similar predicted probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationBin {
    /// The mean predicted probability.
    pub mean_predicted: f64,
    /// The share of rows that are positive.
    pub observed_fraction: f64,
    /// The number of rows.
    pub count: usize,
    /// The lower end of the Wilson 95 % interval of `observed_fraction`.
    pub lower: f64,
    /// The upper end of the Wilson 95 % interval of `observed_fraction`.
    pub upper: f64,
}

/// The calibration curve on `bins` bins cut at quantiles of `probabilities`, in ascending order.
///
/// Edges are linearly interpolated quantiles and belong to the bin below, as in scikit-learn's
/// `calibration_curve(strategy="quantile")`, so equal probabilities share a bin; a bin left empty
/// by that is dropped. An edge that falls on a value is that value, which numpy may miss by
/// rounding and so move a row. `None` on no rows or no bins. The interval (Wilson 1927) takes
/// rows as independent: with many rows of one account it is too narrow.
pub fn calibration_bins(
    probabilities: &[f64],
    positives: &[bool],
    bins: usize,
) -> Option<Vec<CalibrationBin>> {
    if bins == 0 || !all_finite(probabilities, positives.len()) {
        return None;
    }
    let edges = inner_quantiles(probabilities, bins);
    let mut tallies = vec![Tally::default(); bins];
    for (&probability, &positive) in probabilities.iter().zip(positives) {
        let tally = &mut tallies[edges.partition_point(|&edge| edge < probability)];
        tally.predicted += probability;
        tally.positives += usize::from(positive);
        tally.count += 1;
    }
    Some(tallies.into_iter().filter(|tally| tally.count > 0).map(Tally::bin).collect())
}

/// The quantiles `1/bins, ..., (bins - 1)/bins`, interpolated linearly between values.
fn inner_quantiles(values: &[f64], bins: usize) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len() - 1;
    (1..bins)
        .map(|k| {
            // In integers, as rounding would move an edge across the value it falls on.
            let (below, part) = (k * last / bins, k * last % bins);
            let above = sorted[(below + 1).min(last)];
            sorted[below] + (above - sorted[below]) * (part as f64 / bins as f64)
        })
        .collect()
}

/// Sums of one bin.
#[derive(Clone, Default)]
struct Tally {
    predicted: f64,
    positives: usize,
    count: usize,
}

impl Tally {
    /// The bin; there is at least one row.
    fn bin(self) -> CalibrationBin {
        let (n, observed) = (self.count as f64, self.positives as f64 / self.count as f64);
        let (lower, upper) = wilson(observed, n);
        CalibrationBin {
            mean_predicted: self.predicted / n,
            observed_fraction: observed,
            count: self.count,
            lower,
            upper,
        }
    }
}

/// The Wilson 95 % score interval of a share `p` of `n` rows.
fn wilson(p: f64, n: f64) -> (f64, f64) {
    let scale = 1.0 + Z * Z / n;
    let centre = (p + Z * Z / (2.0 * n)) / scale;
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt() / scale;
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_set::{assert_near, test_rows};

    // from sklearn.calibration import calibration_curve
    // p = d * r / 3
    // observed, predicted = calibration_curve(e, p, n_bins=6, strategy="quantile")
    // bin = np.searchsorted(np.percentile(p, np.linspace(0, 1, 7) * 100)[1:-1], p)
    // count = np.bincount(bin)
    #[test]
    fn quantile_bins_agree_with_scikit_learn() {
        let set = test_rows();
        let probabilities: Vec<f64> =
            set.durations.iter().zip(&set.risk).map(|(d, r)| d * r / 3.0).collect();
        let curve = calibration_bins(&probabilities, &set.events, 6).unwrap();
        let expected = [
            (0.30434782608695654, 0.03793025362318841, 23),
            (0.4444444444444444, 0.0964988425925926, 18),
            (0.3684210526315789, 0.13884320175438597, 19),
            (0.5, 0.19976128472222224, 24),
            (0.35294117647058826, 0.2912071078431373, 17),
            (0.21052631578947367, 0.47464364035087714, 19),
        ];
        assert_eq!(curve.len(), 6);
        for (bin, (observed, predicted, count)) in curve.iter().zip(expected) {
            assert_near(bin.observed_fraction, observed);
            assert_near(bin.mean_predicted, predicted);
            assert_eq!(bin.count, count);
        }
    }

    // calibration_curve(e, r, n_bins=10, strategy="quantile")  # nine bins: one is empty
    #[test]
    fn equal_probabilities_share_a_bin() {
        let set = test_rows();
        let curve = calibration_bins(&set.risk, &set.events, 10).unwrap();
        assert_eq!(curve.len(), 9);
        assert_near(curve[0].observed_fraction, 0.3157894736842105);
        assert_near(curve[0].mean_predicted, 0.023848684210526317);
        assert_near(curve[8].observed_fraction, 0.47058823529411764);
        assert_near(curve[8].mean_predicted, 0.18382352941176472);
    }

    // from scipy.stats import binomtest
    // for k, n in [(4, 18), (7, 18), (4, 17), (0, 10), (10, 10)]:
    //     binomtest(k, n).proportion_ci(method="wilson")
    #[test]
    fn intervals_agree_with_scipy() {
        for (positives, rows, lower, upper) in [
            (4.0, 18.0, 0.09000928108601694, 0.45214584316212625),
            (7.0, 18.0, 0.2030524657216362, 0.613809583977621),
            (4.0, 17.0, 0.0955504432208012, 0.4726179811956498),
            (0.0, 10.0, 0.0, 0.27753279986288926),
            (10.0, 10.0, 0.7224672001371107, 1.0),
        ] {
            let interval = wilson(positives / rows, rows);
            assert_near(interval.0, lower);
            assert_near(interval.1, upper);
        }
    }

    // np.percentile(p, 100 * np.linspace(0, 1, 8)[5]) - np.sort(p)[85]  # -1.4e-16, though
    // 5/7 of the last rank 119 is 85: scikit-learn has 14 rows in the fifth of 7 bins
    #[test]
    fn edge_on_a_value_keeps_its_ties_below() {
        let set = test_rows();
        let probabilities: Vec<f64> =
            set.durations.iter().zip(&set.risk).map(|(d, r)| d * r / 3.0).collect();
        let mut sorted = probabilities.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        assert_eq!(inner_quantiles(&probabilities, 7)[4], sorted[85]);
        assert_eq!(calibration_bins(&probabilities, &set.events, 7).unwrap()[4].count, 16);
    }

    #[test]
    fn constant_forecast_is_one_bin() {
        let curve = calibration_bins(&[0.5; 4], &[true, false, false, true], 10).unwrap();
        assert_eq!((curve.len(), curve[0].count, curve[0].observed_fraction), (1, 4, 0.5));
    }

    #[test]
    fn no_bins_no_rows_and_nan_are_undefined() {
        assert_eq!(calibration_bins(&[0.5], &[true], 0), None);
        assert_eq!(calibration_bins(&[], &[], 10), None);
        assert_eq!(calibration_bins(&[f64::NAN], &[true], 10), None);
    }
}
