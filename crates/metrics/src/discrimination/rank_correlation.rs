//! Whether two forecasts order rows alike.

use crate::support::inputs::{all_finite, ascending_order};

/// Spearman's rank correlation, with the mean rank for equal values (Spearman 1904).
///
/// `None` where either side is the same for all rows.
pub fn rank_correlation(values: &[f64], others: &[f64]) -> Option<f64> {
    let rows = values.len();
    if !all_finite(values, rows) || !all_finite(others, rows) {
        return None;
    }
    let (ranks, other_ranks) = (centred_ranks(values), centred_ranks(others));
    let product = |a: &[i64], b: &[i64]| -> i128 {
        a.iter().zip(b).map(|(&a, &b)| i128::from(a) * i128::from(b)).sum()
    };
    let (own, other) = (product(&ranks, &ranks), product(&other_ranks, &other_ranks));
    let scale = (own as f64 * other as f64).sqrt();
    (scale > 0.0).then(|| product(&ranks, &other_ranks) as f64 / scale)
}

/// Twice each row's rank less twice the mean rank, so that all are whole numbers.
fn centred_ranks(values: &[f64]) -> Vec<i64> {
    let mut ranks = vec![0; values.len()];
    let mut below = 0;
    for tied in ascending_order(values).chunk_by(|&a, &b| values[a] == values[b]) {
        let upto = below + tied.len();
        let rank = (below + upto) as i64 - values.len() as i64;
        tied.iter().for_each(|&row| ranks[row] = rank);
        below = upto;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_set::{assert_near, test_rows};

    // from scipy.stats import spearmanr
    // spearmanr(r, d).statistic
    // spearmanr(r, d * r).statistic
    #[test]
    fn tied_values_agree_with_scipy() {
        let set = test_rows();
        let product: Vec<f64> = set.risk.iter().zip(&set.durations).map(|(r, d)| r * d).collect();
        assert_near(rank_correlation(&set.risk, &set.durations).unwrap(), -0.2435822932065676);
        assert_near(rank_correlation(&set.risk, &product).unwrap(), 0.602319918080965);
    }

    #[test]
    fn any_rising_transformation_correlates_fully_and_any_falling_one_inversely() {
        let values = [0.1, 0.4, 0.2, 0.4, 0.9];
        assert_eq!(rank_correlation(&values, &values.map(f64::exp)), Some(1.0));
        assert_eq!(rank_correlation(&values, &values.map(|value| -value)), Some(-1.0));
    }

    #[test]
    fn a_constant_nan_and_unequal_lengths_are_undefined() {
        assert_eq!(rank_correlation(&[0.1, 0.2], &[0.5, 0.5]), None);
        assert_eq!(rank_correlation(&[0.1, f64::NAN], &[0.5, 0.6]), None);
        assert_eq!(rank_correlation(&[0.1, 0.2], &[0.5]), None);
        assert_eq!(rank_correlation(&[], &[]), None);
    }
}
