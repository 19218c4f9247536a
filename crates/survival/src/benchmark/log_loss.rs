//! The right-censored log loss of the published tables.

use crate::benchmark::outcomes::SurvivalOutcomes;
use crate::curves::SurvivalCurves;
use crate::prediction_times::quantile_edges;

/// Number of intervals.
const BINS: usize = 16;
/// Probabilities below this are raised to it before the logarithm.
const FLOOR: f64 = 1e-12;

/// The mean loss of rows on intervals at quantiles of the training rows' event times.
///
/// A row that entered late costs the same less `-ln` of its survival to entry, and an interval that
/// contains the entry begins there.
pub(crate) fn censored_log_loss(
    curves: &SurvivalCurves,
    test: &SurvivalOutcomes,
    train: &SurvivalOutcomes,
) -> Option<f64> {
    let edges = quantile_edges(&train.durations, &train.events(), BINS);
    let at = |row: usize, edge: f64| {
        if edge == f64::INFINITY { 0.0 } else { curves.survival_at(row, edge) }
    };
    let rows = test.durations.iter().zip(&test.causes).enumerate();
    let costs = rows.map(|(row, (&time, &cause))| {
        let entry = test.entry(row);
        let at_entry = if entry > 0.0 { at(row, entry) } else { 1.0 };
        let given = at_entry.max(FLOOR).ln();
        if cause == 0 {
            return given - at(row, time).max(FLOOR).ln();
        }
        let bin = edges.partition_point(|&edge| edge < time);
        let before = if bin == 0 { 1.0 } else { at(row, edges[bin - 1]) };
        given - (before.min(at_entry) - at(row, edges[bin])).max(FLOOR).ln()
    });
    let count = test.durations.len();
    (count > 0).then(|| costs.sum::<f64>() / count as f64)
}
