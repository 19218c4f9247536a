//! Checks of inputs, and their order.

use rayon::prelude::*;

/// Risk scores at most this far apart are tied, as in scikit-survival.
const TIED_RISK: f64 = 1e-8;

/// Whether there is one duration, possibly infinite but never NaN, for each of `rows > 0` rows.
pub(crate) fn valid_durations(durations: &[f64], rows: usize) -> bool {
    rows > 0 && durations.len() == rows && !durations.iter().any(|duration| duration.is_nan())
}

/// Whether there is one finite value for each of `rows > 0` rows.
pub(crate) fn all_finite(values: &[f64], rows: usize) -> bool {
    rows > 0 && values.len() == rows && values.iter().all(|value| value.is_finite())
}

/// Whether two risk scores count as tied.
pub(crate) fn is_tied(risk: f64, other: f64) -> bool {
    (risk - other).abs() <= TIED_RISK
}

/// One over a probability, or no weight where it is zero.
pub(crate) fn inverse_or_zero(g: f64) -> f64 {
    if g > 0.0 { 1.0 / g } else { 0.0 }
}

/// The row numbers in ascending order of value; equal values keep the order of the rows.
pub(crate) fn ascending_order(values: &[f64]) -> Vec<usize> {
    // Values travel with their rows: looking each up would cost a cache miss a comparison.
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    order.par_sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    order.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_infinity_and_missing_rows_are_distinguished() {
        assert!(valid_durations(&[1.0, f64::INFINITY], 2));
        assert!(!valid_durations(&[1.0, f64::NAN], 2));
        assert!(!valid_durations(&[1.0], 2));
        assert!(!valid_durations(&[], 0));
        assert!(all_finite(&[0.5, -3.0], 2));
        assert!(!all_finite(&[0.5, f64::INFINITY], 2));
    }

    #[test]
    fn equal_values_keep_the_order_of_the_rows() {
        assert_eq!(ascending_order(&[2.0, 1.0, 2.0, 1.0]), [1, 3, 0, 2]);
    }
}
