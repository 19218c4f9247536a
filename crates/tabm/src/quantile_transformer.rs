//! Columns on a common scale: ranks as normal scores.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// Knots of one column.
const KNOTS: usize = 65;
/// The normal score of the last knot; that of the first is its negative.
const MAX_SCORE: f64 = 3.2;

/// Maps each column to the normal score of its rank in the training rows.
///
/// Knots are at the quantiles `Phi(z)` of evenly spaced `z`, so that the tails keep their
/// resolution. Values between knots are interpolated, values beyond the training range are clamped,
/// missing values (NaN) become 0, the score of the median. Like scikit-learn's
/// `QuantileTransformer(output_distribution="normal")`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuantileTransformer {
    knots: Vec<Vec<f32>>,
}

impl QuantileTransformer {
    /// Computes the quantiles of each column.
    #[must_use]
    pub fn fit(features: ArrayView2<'_, f32>) -> Self {
        let levels: Vec<f64> = knot_scores().map(plimsoll_numerics::normal_cdf).collect();
        let knots = features.columns().into_iter().map(|column| {
            let mut known: Vec<f32> = column.iter().copied().filter(|v| v.is_finite()).collect();
            known.sort_by(f32::total_cmp);
            if known.is_empty() {
                return Vec::new();
            }
            let last = (known.len() - 1) as f64;
            levels.iter().map(|level| known[(level * last).round() as usize]).collect()
        });
        Self { knots: knots.collect() }
    }

    /// For no columns.
    #[must_use]
    pub const fn empty() -> Self {
        Self { knots: Vec::new() }
    }

    /// Number of columns.
    #[must_use]
    pub const fn feature_count(&self) -> usize {
        self.knots.len()
    }

    /// Transforms rows.
    #[must_use]
    pub fn transform(&self, features: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut scaled = features.as_standard_layout().into_owned();
        for mut row in scaled.rows_mut() {
            let scores = self.transform_row(row.iter().copied());
            row.iter_mut().zip(scores).for_each(|(value, score)| *value = score);
        }
        scaled
    }

    /// Transforms the values of one row.
    pub fn transform_row(&self, row: impl Iterator<Item = f32>) -> Vec<f32> {
        self.knots.iter().zip(row).map(|(knots, value)| score(knots, value)).collect()
    }
}

fn knot_scores() -> impl Iterator<Item = f64> {
    (0..KNOTS).map(knot_score)
}

fn knot_score(knot: usize) -> f64 {
    MAX_SCORE * (2.0 * knot as f64 / (KNOTS - 1) as f64 - 1.0)
}

fn score(knots: &[f32], value: f32) -> f32 {
    if knots.is_empty() || value.is_nan() {
        return 0.0;
    }
    let below = knots.partition_point(|&knot| knot < value);
    let until = knots.partition_point(|&knot| knot <= value);
    let position = if until > below {
        // A value on several knots, as counts are, gets their middle.
        (below + until - 1) as f64 / 2.0
    } else if below == 0 || below == knots.len() {
        below.saturating_sub(usize::from(below > 0)) as f64
    } else {
        let (left, right) = (f64::from(knots[below - 1]), f64::from(knots[below]));
        (below - 1) as f64 + (f64::from(value) - left) / (right - left)
    };
    (MAX_SCORE * (2.0 * position / (KNOTS - 1) as f64 - 1.0)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted() -> QuantileTransformer {
        QuantileTransformer::fit(Array2::from_shape_fn((1_001, 1), |(i, _)| i as f32).view())
    }

    fn scored(scaler: &QuantileTransformer, value: f32) -> f32 {
        scaler.transform(Array2::from_elem((1, 1), value).view())[[0, 0]]
    }

    #[test]
    fn ranks_become_normal_scores() {
        let scaler = fitted();
        assert!(scored(&scaler, 500.0).abs() < 1e-6);
        let upper = scored(&scaler, 841.3);
        assert!((upper - 1.0).abs() < 0.01, "{upper}");
    }

    #[test]
    fn values_beyond_the_training_range_are_clamped() {
        let scaler = fitted();
        assert_eq!(scored(&scaler, 1e9), scored(&scaler, 1_000.0));
        assert_eq!(scored(&scaler, f32::NEG_INFINITY), -MAX_SCORE as f32);
    }

    #[test]
    fn a_missing_value_is_the_median() {
        assert_eq!(scored(&fitted(), f32::NAN), 0.0);
    }

    #[test]
    fn scores_rise_with_values() {
        let scaler = fitted();
        let scores: Vec<f32> = (-5..1_010).map(|v| scored(&scaler, v as f32 + 0.3)).collect();
        assert!(scores.windows(2).all(|pair| pair[0] <= pair[1]));
    }

    #[test]
    fn a_constant_column_is_zero() {
        let scaler = QuantileTransformer::fit(Array2::from_elem((50, 1), 7.0).view());
        assert_eq!(scored(&scaler, 7.0), 0.0);
    }
}
