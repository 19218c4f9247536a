//! Calibration curves of rare events: each bin is half as large as the one below it.

use serde::{Deserialize, Serialize};

use super::bootstrap::{
    BlockBootstrap, ConfidenceInterval, percentile_interval, ratio, weighted_sums,
};
use super::horizons::HorizonRows;
use crate::forecast::forecasts::Forecasts;

/// Bins, at most: the riskiest holds a 512th of the rows.
const MAX_BINS: usize = 10;

/// A forecaster's calibration at a horizon.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationCurve {
    /// The horizon.
    pub horizon: &'static str,
    /// Bins from the safest to the riskiest.
    pub bins: Vec<CalibrationBin>,
}

/// Rows of like probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Rows.
    pub rows: usize,
    /// Rows that were liquidated within the horizon.
    pub positives: usize,
    /// Mean forecast.
    pub forecast: f64,
    /// Share that was liquidated.
    pub observed: f64,
    /// Interval of that share, by blocks of time.
    pub interval: Option<ConfidenceInterval>,
}

/// The curve of a forecaster: the safer half of all rows is one bin, the safer half of the rest the
/// next, and so on, so that the few at risk are told apart. Equal probabilities share a bin.
pub(crate) fn calibration_curve(
    followed: &HorizonRows,
    forecasts: &Forecasts,
    resampling: &BlockBootstrap,
) -> CalibrationCurve {
    let probabilities = followed.probabilities(forecasts);
    let borders = bin_edges(&probabilities);
    let bin = |probability: f64| borders.partition_point(|border| *border <= probability);
    let mut totals = [[0.0; 3]; MAX_BINS];
    for (&probability, &positive) in probabilities.iter().zip(&followed.positives) {
        let total = &mut totals[bin(probability)];
        let terms = [1.0, f64::from(positive), probability];
        total.iter_mut().zip(terms).for_each(|(total, term)| *total += term);
    }
    let rows = probabilities.iter().zip(&followed.positives);
    let sums = followed.blocks.sums(rows.map(|(&probability, &positive)| {
        let mut terms = [0.0; 2 * MAX_BINS];
        let place = 2 * bin(probability);
        (terms[place], terms[place + 1]) = (1.0, f64::from(positive));
        terms
    }));
    let shares: [_; MAX_BINS] = resampling.replicate(followed.blocks.count, |weights| {
        let sums = weighted_sums(&sums, weights);
        std::array::from_fn(|bin| ratio(sums[2 * bin + 1], sums[2 * bin]))
    });
    let bins = totals.iter().zip(&shares).filter(|([rows, ..], _)| *rows > 0.0);
    let bins = bins.map(|(&[rows, positives, expected], shares)| CalibrationBin {
        rows: rows as usize,
        positives: positives as usize,
        forecast: expected / rows,
        observed: positives / rows,
        interval: percentile_interval(shares),
    });
    CalibrationCurve { horizon: followed.name, bins: bins.collect() }
}

/// The least probability of each bin but the first, ascending; fewer where rows are tied or few.
fn bin_edges(probabilities: &[f64]) -> Vec<f64> {
    let mut sorted = probabilities.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let (mut borders, mut from) = (Vec::new(), 0);
    while borders.len() < MAX_BINS - 1 && sorted.len() - from >= 2 {
        from = (from + sorted.len()).div_ceil(2);
        let border = sorted[from];
        let tied = border == sorted[0] || borders.last() == Some(&border);
        if !tied {
            borders.push(border);
        }
        if tied && border == sorted[sorted.len() - 1] {
            break;
        }
    }
    borders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bin_has_half_of_the_remaining_rows() {
        let probabilities: Vec<f64> = (0..1024).map(|row| f64::from(row) / 1024.0).collect();
        let borders = bin_edges(&probabilities);
        let expected: Vec<f64> = (1..MAX_BINS as i32).map(|k| 1.0 - 0.5_f64.powi(k)).collect();
        assert_eq!(borders, expected);
    }

    #[test]
    fn constants_have_one_bin_and_two_values_have_two() {
        assert!(bin_edges(&[0.3; 50]).is_empty());
        let two: Vec<f64> = (0..50).map(|row| f64::from(row / 40)).collect();
        assert_eq!(bin_edges(&two), [1.0]);
    }
}
