//! Far from liquidation: how odds fall with the health factor, and how low they go.

use serde::{Deserialize, Serialize};

use crate::input::grid::{INTERVALS, edges_days};
use crate::members::pooled::curve::LiquidationCurve;

/// ln HF from which too few liquidations are observed for trees.
const TAIL_FROM: f64 = 0.916_290_731_874_155; // ln 2.5
/// Fall of the log odds per unit of ln HF beyond it.
const TAIL_SLOPE: f64 = 2.0;
/// ln HF from which rows determine the floor.
pub(crate) const FLOOR_FROM: f64 = 1.098_612_288_668_11; // ln 3
/// Upper bound of the floor, within 30 days: a few thousand rows without an event prove little, but
/// a health factor of 3 is far in any market.
const MAX_FLOOR: f64 = 1e-4;

/// The probability that remains however healthy a position is: its owner may withdraw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FarTail {
    /// Within the last edge.
    floor: f64,
}

impl FarTail {
    /// The floor from the rows at a health factor of at least 3: liquidations within 30 days among
    /// them, with Jeffreys' prior `(events + 1/2) / (rows + 1)`.
    pub(crate) fn fit(rows: usize, liquidated: usize) -> Self {
        let floor = (liquidated as f64 + 0.5) / (rows as f64 + 1.0);
        Self { floor: floor.min(MAX_FLOOR) }
    }

    /// Applies the tail and the floor to a curve; both keep it rising with time and falling with the
    /// health factor.
    ///
    /// `floor`: that of [`Self::floor`], which the caller keeps.
    pub(crate) fn apply(
        curve: &LiquidationCurve,
        log_health: f64,
        floor: &LiquidationCurve,
    ) -> LiquidationCurve {
        let factor = (-TAIL_SLOPE * (log_health - TAIL_FROM).max(0.0)).exp();
        std::array::from_fn(|k| {
            let p = factor * curve[k] / (1.0 - curve[k] + factor * curve[k]);
            1.0 - (1.0 - p) * (1.0 - floor[k])
        })
    }

    /// The floor by each edge: a constant hazard.
    pub(crate) fn floor(&self) -> LiquidationCurve {
        let edges = edges_days();
        std::array::from_fn(|k| 1.0 - (1.0 - self.floor).powf(edges[k + 1] / edges[INTERVALS]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_is_jeffreys_rate_and_proportional_to_time() {
        let floor = FarTail::fit(68_650, 1).floor();
        assert!((floor[13] - 1.5 / 68_651.0).abs() < 1e-12, "{}", floor[13]);
        assert!((floor[5] * 30.0 / floor[13] - 1.0).abs() < 1e-3 && floor[5] < 1e-6);
    }

    #[test]
    fn odds_fall_with_health_and_stay_above_the_floor() {
        let curve: LiquidationCurve = std::array::from_fn(|k| 1e-3 * (k + 1) as f64);
        let tail = FarTail::fit(68_650, 1);
        let floor = tail.floor();
        let at = |health: f64| FarTail::apply(&curve, health.ln(), &floor);
        let mut before = at(1.0);
        for health in [2.0, 2.5, 3.0, 5.0, 32.0, 1e4] {
            let next = at(health);
            assert!(next.is_sorted() && next.iter().zip(before).all(|(a, b)| *a <= b));
            before = next;
        }
        assert!(before.iter().zip(floor).all(|(p, floor)| (p / floor - 1.0).abs() < 1e-2));
    }
}
