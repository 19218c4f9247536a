//! Calibration curves of rare events: each bin is half as large as the one below it.

use plimsoll_lake::Horizon;
use serde::{Deserialize, Serialize};

use super::bootstrap::{
    BlockBootstrap, ConfidenceInterval, percentile_interval, ratio, weighted_sums,
};
use super::horizons::HorizonRows;
use crate::forecast::forecasts::Forecasts;

/// Maximum number of bins: the riskiest contains a 512th of the rows.
const MAX_BINS: usize = 10;

/// Calibration of a forecaster at a horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationCurve {
    /// The horizon.
    pub horizon: Horizon,
    /// Bins from the safest to the riskiest.
    pub bins: Vec<CalibrationBinEstimate>,
}

/// Rows of similar probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBinEstimate {
    /// Number of rows.
    pub rows: usize,
    /// Number of rows liquidated within the horizon.
    pub positives: usize,
    /// Mean forecast.
    pub forecast: f64,
    /// Share of rows liquidated.
    pub observed: f64,
    /// Interval of that share, by blocks of time.
    pub interval: Option<ConfidenceInterval>,
}

/// Calibration curve of a forecaster. The safer half of all rows is one bin, the safer half of the
/// rest the next, and so on, so that the few rows at risk are resolved. Equal probabilities share a
/// bin.
pub(crate) fn calibration_curve(
    horizon_rows: &HorizonRows,
    forecasts: &Forecasts,
    resampling: &BlockBootstrap,
) -> CalibrationCurve {
    let probabilities = horizon_rows.probabilities(forecasts);
    let edges = bin_edges(&probabilities);
    let bin = |probability: f64| edges.partition_point(|edge| *edge <= probability);
    let mut totals = [[0.0; 3]; MAX_BINS];
    for (&probability, &positive) in probabilities.iter().zip(&horizon_rows.positives) {
        let total = &mut totals[bin(probability)];
        let terms = [1.0, f64::from(positive), probability];
        total.iter_mut().zip(terms).for_each(|(total, term)| *total += term);
    }
    let rows = probabilities.iter().zip(&horizon_rows.positives);
    let sums = horizon_rows.blocks.sums(rows.map(|(&probability, &positive)| {
        let mut terms = [0.0; 2 * MAX_BINS];
        let index = 2 * bin(probability);
        (terms[index], terms[index + 1]) = (1.0, f64::from(positive));
        terms
    }));
    let shares: [_; MAX_BINS] = resampling.replicate(horizon_rows.blocks.count, |weights| {
        let sums = weighted_sums(&sums, weights);
        std::array::from_fn(|bin| ratio(sums[2 * bin + 1], sums[2 * bin]))
    });
    let bins = totals.iter().zip(&shares).filter(|([rows, ..], _)| *rows > 0.0);
    let bins = bins.map(|(&[rows, positives, expected], shares)| CalibrationBinEstimate {
        rows: rows as usize,
        positives: positives as usize,
        forecast: expected / rows,
        observed: positives / rows,
        interval: percentile_interval(shares),
    });
    CalibrationCurve { horizon: horizon_rows.horizon, bins: bins.collect() }
}

/// The lower edge of each bin except the first, ascending; fewer if rows are tied or few.
fn bin_edges(probabilities: &[f64]) -> Vec<f64> {
    let mut sorted = probabilities.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let (mut edges, mut from) = (Vec::new(), 0);
    while edges.len() < MAX_BINS - 1 && sorted.len() - from >= 2 {
        from = (from + sorted.len()).div_ceil(2);
        let edge = sorted[from];
        let tied = edge == sorted[0] || edges.last() == Some(&edge);
        if !tied {
            edges.push(edge);
        }
        if tied && edge == sorted[sorted.len() - 1] {
            break;
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bin_has_half_of_the_remaining_rows() {
        let probabilities: Vec<f64> = (0..1024).map(|row| f64::from(row) / 1024.0).collect();
        let edges = bin_edges(&probabilities);
        let expected: Vec<f64> = (1..MAX_BINS as i32).map(|k| 1.0 - 0.5_f64.powi(k)).collect();
        assert_eq!(edges, expected);
    }

    #[test]
    fn constants_have_one_bin_and_two_values_have_two() {
        assert!(bin_edges(&[0.3; 50]).is_empty());
        let two: Vec<f64> = (0..50).map(|row| f64::from(row / 40)).collect();
        assert_eq!(bin_edges(&two), [1.0]);
    }
}
