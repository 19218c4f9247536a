//! The level of the incidence at each horizon.

use plimsoll_numerics::logistic;

/// Newton steps; a few are exact.
const STEPS: usize = 20;
/// Maximum change of log odds by a step, and of a level.
const MAX_STEP: f64 = 1.0;

/// Log odds by a forest of a row at a horizon, with the label and its weight.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScoredPair {
    pub(crate) horizon: usize,
    pub(crate) margin: f64,
    pub(crate) label: f64,
    pub(crate) weight: f64,
}

/// The log odds to add at each horizon so that the expected events are the observed ones there.
///
/// Boosting with shrinkage ends before levels are exact, in one direction for all rows.
pub(crate) fn levels(pairs: &[ScoredPair], horizons: usize) -> Vec<f64> {
    let mut levels = vec![0.0; horizons];
    for _ in 0..STEPS {
        let mut sums = vec![[0.0; 2]; horizons];
        for pair in pairs {
            let p = logistic(pair.margin + levels[pair.horizon]);
            let [gradient, hessian] = &mut sums[pair.horizon];
            *gradient += pair.weight * (pair.label - p);
            *hessian += pair.weight * p * (1.0 - p);
        }
        for (level, [gradient, hessian]) in levels.iter_mut().zip(sums) {
            let step = gradient / hessian.max(f64::MIN_POSITIVE);
            *level = (*level + step.clamp(-MAX_STEP, MAX_STEP)).clamp(-MAX_STEP, MAX_STEP);
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_events_are_the_observed_ones_at_each_horizon() {
        let pair = |n: usize| ScoredPair {
            horizon: n % 2,
            margin: (n as f64 * 0.7).sin() - 0.3,
            label: f64::from(u8::from(n.is_multiple_of(if n.is_multiple_of(2) { 4 } else { 3 }))),
            weight: 1.0 + (n % 5) as f64,
        };
        let pairs: Vec<ScoredPair> = (0..200).map(pair).collect();
        let levels = levels(&pairs, 2);
        for horizon in [0, 1] {
            let excess = |pair: &&ScoredPair| {
                pair.weight * (logistic(pair.margin + levels[horizon]) - pair.label)
            };
            let at = pairs.iter().filter(|pair| pair.horizon == horizon);
            assert!(at.map(|pair| excess(&pair)).sum::<f64>().abs() < 1e-9);
        }
    }

    #[test]
    fn a_horizon_without_events_moves_by_the_maximum_only() {
        let pair = ScoredPair { horizon: 0, margin: -2.0, label: 0.0, weight: 1.0 };
        assert_eq!(levels(&[pair], 2), [-MAX_STEP, 0.0]);
    }
}
