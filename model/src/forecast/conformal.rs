//! Prediction intervals of probabilities: members' disagreement, scaled by conformal calibration on
//! out-of-fold rows.

use plimsoll_numerics::logistic;
use serde::{Deserialize, Serialize};

use super::ensemble::EnsembleCurves;
use super::ensemble::clamped_log_odds;
use crate::members::pooled::curve::LiquidationCurve;

/// Upper edges of the strata of ln HF; the last stratum has none.
const STRATA_EDGES: [f64; 4] = [0.05, 0.15, 0.35, 0.7];
const STRATA: usize = STRATA_EDGES.len() + 1;
/// Share of out-of-fold blocks whose number of liquidations the interval must explain.
pub(crate) const CONFIDENCE: f64 = 0.9;
/// Minimum disagreement, in case members agree by chance.
const MIN_SPREAD: f64 = 0.1;
/// Maximum width factor.
const MAX_WIDTH: f64 = 6.0;
const BISECTION_STEPS: usize = 12;
/// Width factor of a stratum with too few informative blocks.
const DEFAULT_WIDTH: f64 = 2.0;
/// Minimum width factor. Disagreement is a standard deviation, so this covers 90 % of a normal
/// distribution even if the blocks need less.
const MIN_WIDTH: f64 = 1.645;
/// A block with fewer expected liquidations and no observed one is consistent with any width.
const MIN_EXPECTED: f64 = 0.5;
/// Minimum number of blocks to estimate a 90 % quantile.
const MIN_BLOCKS: usize = 9;

/// Width factors of members' disagreement, by stratum of the health factor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConformalIntervals {
    widths: [f64; STRATA],
}

/// An out-of-fold row: its prediction and its outcome.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CalibrationRow {
    /// Time block.
    pub(crate) block: usize,
    /// ln HF.
    pub(crate) log_health: f64,
    /// Log odds of the stacked prediction.
    pub(crate) log_odds: f64,
    /// Disagreement of the members.
    pub(crate) spread: f64,
    pub(crate) positive: bool,
    /// Number of rows that it represents.
    pub(crate) weight: f64,
}

impl Default for ConformalIntervals {
    fn default() -> Self {
        Self { widths: [DEFAULT_WIDTH; STRATA] }
    }
}

impl ConformalIntervals {
    /// Fits conformal widths (Vovk et al. 2005) by stratum. The examples are blocks of time,
    /// because rows of one crash are dependent. A block's nonconformity score is the least width at
    /// which its number of liquidations lies between the 5 % and the 95 % Poisson quantile of what
    /// the interval's ends expect. A stratum's width is the score that [`CONFIDENCE`] of the blocks
    /// do not exceed.
    pub(crate) fn fit(rows: &[CalibrationRow], blocks: usize, rows_per_event: f64) -> Self {
        let mut cells: Vec<Vec<&CalibrationRow>> = vec![Vec::new(); blocks * STRATA];
        rows.iter().for_each(|row| cells[row.block * STRATA + stratum(row.log_health)].push(row));
        let width = |stratum: usize| {
            let cells = (0..blocks).map(|block| &cells[block * STRATA + stratum]);
            let cells = cells.filter(|cell| is_informative(cell, rows_per_event));
            conformal_quantile(
                cells.map(|cell| nonconformity_score(cell, rows_per_event)).collect(),
            )
        };
        Self { widths: std::array::from_fn(width) }
    }

    /// Half width of the interval of log odds.
    pub(crate) fn half_width(&self, log_health: f64, spread: f64) -> f64 {
        self.widths[stratum(log_health)] * spread
    }
}

/// Disagreement in log odds at some edges: the weighted standard deviation of all parts of all
/// members (bags of trees, members within the net), each as it would be served.
pub(crate) fn log_odds_spreads<const N: usize>(
    weights: &[f64],
    curves: &EnsembleCurves,
    edges: [usize; N],
    served: impl Fn(&LiquidationCurve) -> LiquidationCurve,
) -> [f64; N] {
    let (mut sums, mut squares, mut total) = ([0.0; N], [0.0; N], 0.0);
    for (weight, member) in weights.iter().zip(&curves.members) {
        let share = weight / member.parts.len() as f64;
        for part in &member.parts {
            let part = served(part);
            for (i, edge) in edges.into_iter().enumerate() {
                let z = clamped_log_odds(part[edge]);
                sums[i] += share * z;
                squares[i] += share * z * z;
            }
            total += share;
        }
    }
    std::array::from_fn(|i| {
        let mean = sums[i] / total;
        (squares[i] / total - mean * mean).max(0.0).sqrt().max(MIN_SPREAD)
    })
}

fn stratum(log_health: f64) -> usize {
    STRATA_EDGES.partition_point(|&edge| edge <= log_health)
}

/// Whether a cell is informative: a liquidation was expected or observed.
fn is_informative(cell: &[&CalibrationRow], rows_per_event: f64) -> bool {
    let p = |row: &&CalibrationRow| row.weight * logistic(row.log_odds);
    let expected = cell.iter().map(p).sum::<f64>() / rows_per_event;
    expected >= MIN_EXPECTED || cell.iter().any(|row| row.positive)
}

/// The least width that explains a cell, by bisection.
fn nonconformity_score(cell: &[&CalibrationRow], rows_per_event: f64) -> f64 {
    let positives = cell.iter().filter(|row| row.positive);
    let observed = positives.map(|row| row.weight).sum::<f64>() / rows_per_event;
    let expected = |width: f64| {
        let p = |row: &&CalibrationRow| row.weight * logistic(row.log_odds + width * row.spread);
        cell.iter().map(p).sum::<f64>() / rows_per_event
    };
    let tail = (1.0 - CONFIDENCE) / 2.0;
    // The upper end must explain a large count, and the lower end a small one.
    let explained = |width: f64| {
        poisson_upper_tail(observed, expected(width)) >= tail
            && poisson_lower_tail(observed, expected(-width)) >= tail
    };
    if explained(0.0) {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, MAX_WIDTH);
    for _ in 0..BISECTION_STEPS {
        let midpoint = (low + high) / 2.0;
        if explained(midpoint) { high = midpoint } else { low = midpoint }
    }
    high
}

/// Probability that a Poisson count is at most `observed`, rounded up.
fn poisson_lower_tail(observed: f64, expected: f64) -> f64 {
    let mut term = (-expected).exp();
    let mut sum = term;
    for count in 1..=observed.ceil() as usize {
        term *= expected / count as f64;
        sum += term;
    }
    // For such large expectations the first term underflows, and fewer events are practically
    // impossible.
    if expected > 700.0 { f64::from(u8::from(observed >= expected)) } else { sum.min(1.0) }
}

/// Probability that a Poisson count is at least `observed`, rounded down.
fn poisson_upper_tail(observed: f64, expected: f64) -> f64 {
    let fewer = observed.floor() - 1.0;
    if fewer < 0.0 { 1.0 } else { 1.0 - poisson_lower_tail(fewer, expected) }
}

fn conformal_quantile(mut scores: Vec<f64>) -> f64 {
    let rank = (CONFIDENCE * (scores.len() + 1) as f64).ceil() as usize;
    if scores.len() < MIN_BLOCKS || rank > scores.len() {
        return DEFAULT_WIDTH;
    }
    scores.sort_by(f64::total_cmp);
    scores[rank - 1].max(MIN_WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of a thousand rows near liquidation, with the given numbers of positives.
    fn calibration_rows(positives: &[usize], probability: f64) -> Vec<CalibrationRow> {
        let row = |block: usize, positive: bool| CalibrationRow {
            block,
            log_health: 0.02,
            log_odds: clamped_log_odds(probability),
            spread: 0.5,
            positive,
            weight: 1.0,
        };
        let rows = |(block, &count): (usize, &usize)| {
            (0..1_000).map(move |i| row(block, i < count)).collect::<Vec<_>>()
        };
        positives.iter().enumerate().flat_map(rows).collect()
    }

    #[test]
    fn blocks_as_expected_need_the_minimum_width() {
        let intervals = ConformalIntervals::fit(&calibration_rows(&[20; 12], 0.02), 12, 1.0);
        assert_eq!(intervals.half_width(0.02, 0.5), MIN_WIDTH * 0.5);
        assert_eq!(intervals.half_width(0.5, 0.5), DEFAULT_WIDTH * 0.5);
    }

    #[test]
    fn uninformative_blocks_get_the_default_width() {
        let intervals = ConformalIntervals::fit(&calibration_rows(&[0; 20], 1e-6), 20, 1.0);
        assert_eq!(intervals.half_width(0.02, 0.5), DEFAULT_WIDTH * 0.5);
    }

    #[test]
    fn the_width_explains_nine_blocks_in_ten() {
        let counts = [20, 21, 20, 19, 5, 20, 80, 20, 20, 20, 20, 20, 60, 20, 20, 20, 20, 20, 20];
        let intervals =
            ConformalIntervals::fit(&calibration_rows(&counts, 0.02), counts.len(), 1.0);
        // At the upper end, sixty must be plausible, while eighty need not be.
        let upper =
            1_000.0 / (1.0 + (-clamped_log_odds(0.02) - intervals.half_width(0.02, 0.5)).exp());
        assert!((45.0..60.0).contains(&upper), "{upper}");
    }

    #[test]
    fn poisson_tails_match_tables() {
        assert!((poisson_lower_tail(3.0, 2.5) - 0.757_576).abs() < 1e-6);
        assert!((poisson_upper_tail(4.0, 2.5) - 0.242_424).abs() < 1e-6);
        assert_eq!(poisson_upper_tail(0.0, 2.5), 1.0);
    }
}
