//! The weights with which members' curves are averaged.

use crate::input::grid::{INTERVALS, horizon_column};
use crate::members::pooled::member::LiquidationCurve;
use plimsoll_lake::Horizon;

/// Penalty on unequal weights, nats; as much as a handful of episodes.
const EQUAL_WEIGHT_PENALTY: f64 = 10.0;
const STEPS: usize = 300;
const LEARNING_RATE: f64 = 0.5;
/// Probabilities are clamped to this distance from 0 and 1.
const MIN_PROBABILITY: f64 = 1e-9;

/// A landmark that was held out: each member's curve, and what happened.
#[derive(Debug, Clone)]
pub(crate) struct HeldOutRow {
    /// One curve per member.
    pub(crate) curves: Vec<LiquidationCurve>,
    /// Whether it was liquidated by each edge; absent if it was not followed for so long.
    pub(crate) liquidated: [Option<bool>; INTERVALS],
    /// Number of rows that it represents.
    pub(crate) weight: f64,
}

/// One probability per member, the outcome, and the cell's weight.
struct Cell<'a> {
    row: &'a HeldOutRow,
    edge: usize,
    weight: f64,
}

/// Minimises the log loss of the mean curve over the six horizons, plus a penalty on unequal
/// weights, by exponentiated gradients (Kivinen and Warmuth 1997).
///
/// One weight per member for all horizons: the mean of rising curves is rising. Each horizon has
/// the same weight of events, and all of them together that of the independent episodes, so that
/// weights depart from equality only as far as the episodes support it.
pub(crate) fn fit_weights(rows: &[HeldOutRow], members: usize, episodes: usize) -> Vec<f64> {
    let equal = 1.0 / members.max(1) as f64;
    let mut weights = vec![equal; members];
    let cells = cells(rows, episodes);
    let rate = LEARNING_RATE / (episodes as f64 + EQUAL_WEIGHT_PENALTY);
    for _ in 0..STEPS {
        let mut gradient: Vec<f64> =
            weights.iter().map(|weight| -EQUAL_WEIGHT_PENALTY * equal / weight).collect();
        for Cell { row, edge, weight } in &cells {
            let probabilities = || row.curves.iter().map(|curve| curve[*edge]);
            let mean: f64 = weights.iter().zip(probabilities()).map(|(w, p)| w * p).sum();
            let mean = mean.clamp(MIN_PROBABILITY, 1.0 - MIN_PROBABILITY);
            let is_liquidated = row.liquidated[*edge] == Some(true);
            let slope = if is_liquidated { -1.0 / mean } else { 1.0 / (1.0 - mean) };
            let by_member = gradient.iter_mut().zip(probabilities());
            by_member.for_each(|(gradient, p)| *gradient += weight * slope * p);
        }
        let mean: f64 = weights.iter().zip(&gradient).map(|(w, g)| w * g).sum();
        let step = |(weight, g): (&mut f64, &f64)| {
            *weight *= (-rate * (g - mean)).clamp(-0.5, 0.5).exp();
        };
        weights.iter_mut().zip(&gradient).for_each(step);
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
    }
    weights
}

fn cells(rows: &[HeldOutRow], episodes: usize) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    for horizon in Horizon::ALL {
        let edge = horizon_column(horizon);
        let known = || rows.iter().filter(|row| row.liquidated[edge].is_some());
        let events = known().filter(|row| row.liquidated[edge] == Some(true));
        let events: f64 = events.map(|row| row.weight).sum();
        if events > 0.0 {
            let scale = episodes as f64 / (Horizon::COUNT as f64 * events);
            cells.extend(known().map(|row| Cell { row, edge, weight: row.weight * scale }));
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of two members: the first is right, the second forecasts the base rate.
    fn rows() -> Vec<HeldOutRow> {
        let row = |n: usize| {
            let p = if n.is_multiple_of(10) { 0.5 } else { 0.02 };
            let is_liquidated = (n / 10 % 100) as f64 + 0.5 < 100.0 * p;
            HeldOutRow {
                curves: vec![[p; INTERVALS], [0.068; INTERVALS]],
                liquidated: [Some(is_liquidated); INTERVALS],
                weight: 1.0,
            }
        };
        (0..20_000).map(row).collect()
    }

    #[test]
    fn the_accurate_member_gets_the_weight_if_episodes_are_many() {
        let weights = fit_weights(&rows(), 2, 1_300);
        assert!(weights[0] > 0.9, "{weights:?}");
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn few_episodes_leave_weights_nearly_equal() {
        let weights = fit_weights(&rows(), 2, 3);
        assert!((weights[0] - 0.5).abs() < 0.1, "{weights:?}");
        assert_eq!(fit_weights(&[], 2, 0), [0.5; 2]);
    }
}
