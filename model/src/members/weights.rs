//! The weights with which members' curves are averaged.

use crate::input::grid::{INTERVALS, horizon_column};
use crate::members::pooled::curve::LiquidationCurve;
use plimsoll_lake::Horizon;

/// Penalty on weights other than the prior's, nats: as much as a year of weeks with liquidations.
const PRIOR_PENALTY: f64 = 60.0;
/// Prior weight of the net relative to a pooled member. With few events, trees of a dozen inputs
/// rank better than a net, here as on Aave (FinSurvival, arXiv 2507.14160, table 4).
const NET_PRIOR: f64 = 0.5;
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

/// Minimises the log loss of the mean curve over the six horizons, plus a penalty on weights
/// that differ from the prior's, by exponentiated gradients (Kivinen and Warmuth 1997).
///
/// One weight per member for all horizons: the mean of rising curves is rising. Each horizon has
/// the same weight of events, and all of them together that of the weeks with liquidations, as in
/// a storm one member is better or worse for all accounts alike; so weights depart from the prior's
/// only as far as these weeks support it.
pub(crate) fn fit_weights(rows: &[HeldOutRow], members: usize, weeks: usize) -> Vec<f64> {
    let prior = prior_weights(members);
    let mut weights = prior.clone();
    let cells = cells(rows, weeks);
    let rate = LEARNING_RATE / (weeks as f64 + PRIOR_PENALTY);
    for _ in 0..STEPS {
        let mut gradient: Vec<f64> =
            prior.iter().zip(&weights).map(|(prior, w)| -PRIOR_PENALTY * prior / w).collect();
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

/// Weights without any data; the first member is the net.
fn prior_weights(members: usize) -> Vec<f64> {
    let shares = (0..members).map(|member| if member == 0 { NET_PRIOR } else { 1.0 });
    let sum: f64 = shares.clone().sum();
    shares.map(|share| share / sum).collect()
}

fn cells(rows: &[HeldOutRow], weeks: usize) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    for horizon in Horizon::ALL {
        let edge = horizon_column(horizon);
        let known = || rows.iter().filter(|row| row.liquidated[edge].is_some());
        let events = known().filter(|row| row.liquidated[edge] == Some(true));
        let events: f64 = events.map(|row| row.weight).sum();
        if events > 0.0 {
            let scale = weeks as f64 / (Horizon::COUNT as f64 * events);
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
    fn the_accurate_member_gets_the_weight_if_weeks_are_many() {
        let weights = fit_weights(&rows(), 2, 3_000);
        assert!(weights[0] > 0.9, "{weights:?}");
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn few_weeks_leave_weights_near_the_prior() {
        let weights = fit_weights(&rows(), 2, 1);
        assert!((weights[0] - 1.0 / 3.0).abs() < 0.1, "{weights:?}");
        assert!((fit_weights(&[], 2, 0)[0] - 1.0 / 3.0).abs() < 1e-12);
    }
}
