//! The level of each edge: its log odds before the trees.

use plimsoll_numerics::{logistic, logit};

use super::person_horizons::PersonHorizons;
use crate::input::grid::{INTERVALS, LN_EDGES_HOURS};

const NEWTON_STEPS: usize = 30;
/// Events that the level of an edge is shrunk by, towards no change.
const PRIOR_EVENTS: f64 = 0.5;

/// One training row for the level of an edge.
pub(super) struct LevelCell {
    /// The margin by each bag, without the level.
    pub(super) bags: Vec<f64>,
    pub(super) ceiling: f64,
    pub(super) is_event: bool,
    pub(super) weight: f64,
}

/// The shift of log odds at which expected and observed weighted events are equal, by Newton's
/// method with a prior of half an event.
pub(super) fn level_shift(cells: &[LevelCell], level: f64) -> f64 {
    let events = || cells.iter().filter(|cell| cell.is_event && cell.weight > 0.0);
    let count = events().count() as f64;
    let observed: f64 = events().map(|cell| cell.weight).sum();
    if count == 0.0 {
        return 0.0;
    }
    let prior = observed / count * PRIOR_EVENTS;
    let mut shift = 0.0;
    for _ in 0..NEWTON_STEPS {
        let (mut excess, mut slope) = (prior * shift - observed, prior);
        for cell in cells.iter().filter(|cell| cell.weight > 0.0) {
            let share = cell.weight * cell.ceiling / cell.bags.len() as f64;
            for margin in &cell.bags {
                let p = logistic(level + margin + shift);
                excess += share * p;
                slope += share * p * (1.0 - p);
            }
        }
        let step: f64 = excess / slope;
        shift -= step.clamp(-0.5, 0.5);
        if step.abs() < 1e-6 {
            break;
        }
    }
    shift
}

/// Log odds of the weighted rate at each edge; edges without rows are interpolated.
pub(super) fn base_levels(rows: &PersonHorizons) -> [f64; INTERVALS] {
    let mut levels = [0.0; INTERVALS];
    for (step, &edge) in rows.edges.iter().enumerate() {
        let weights = rows.weights.column(step);
        let known = weights.iter().filter(|&&weight| weight > 0.0).count();
        let all: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
        let cells = weights.iter().zip(rows.is_event.column(step));
        let events = cells.filter(|(_, is_event)| **is_event).map(|(weight, _)| f64::from(*weight));
        let one = all / known.max(1) as f64;
        if all > 0.0 {
            levels[edge] = logit((events.sum::<f64>() + 0.5 * one) / (all + one));
        }
    }
    interpolate_missing_levels(&mut levels, &rows.edges);
    levels
}

/// Interpolates the levels of edges that are not known linearly in the logarithm of time.
pub(super) fn interpolate_missing_levels(levels: &mut [f64; INTERVALS], known: &[usize]) {
    for edge in (0..INTERVALS).filter(|edge| !known.contains(edge)) {
        let before = known.iter().copied().filter(|&k| k < edge).max();
        let after = known.iter().copied().filter(|&k| k > edge).min();
        levels[edge] = match (before, after) {
            (Some(a), Some(b)) => {
                let at = |k: usize| f64::from(LN_EDGES_HOURS[k]);
                let share = (at(edge) - at(a)) / (at(b) - at(a));
                levels[a] + share * (levels[b] - levels[a])
            }
            (Some(known), None) | (None, Some(known)) => levels[known],
            (None, None) => levels[edge],
        };
    }
}
