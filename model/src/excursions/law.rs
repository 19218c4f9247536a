//! The law by edge of the time grid, and the log odds of an excursion that reaches a distance.

use plimsoll_numerics::logit;
use serde::{Deserialize, Serialize};

use super::tail::ParetoTail;
use super::volatility_forecast::{VOLATILITY_COUNT, VolatilityForecast};
use crate::input::grid::{INTERVALS, edges_years};

/// Points of the table of an edge, without its first.
pub(super) const TABLE_STEPS: usize = 64;
/// Log odds are clamped to this range; beyond it they only mean "never" and "certainly".
pub(crate) const LOG_ODDS_LIMITS: (f64, f64) = (-18.0, 7.0);

/// The law of the greatest fall of a log price within each edge, in units of forecast volatility
/// times the root of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExcursionLaw {
    edges: Vec<EdgeLaw>,
}

/// The law of one edge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EdgeLaw {
    pub(super) volatility: VolatilityForecast,
    /// Log odds that the fall exceeds each of [`TABLE_STEPS`] + 1 evenly spaced distances from 0 to
    /// the start of the tail; never rising.
    pub(super) log_odds: Vec<f32>,
    pub(super) tail: ParetoTail,
}

impl ExcursionLaw {
    pub(super) const fn new(edges: Vec<EdgeLaw>) -> Self {
        Self { edges }
    }

    /// Whether there is a complete law for each edge.
    pub(crate) fn is_complete(&self) -> bool {
        self.edges.len() == INTERVALS
            && self.edges.iter().all(|edge| edge.log_odds.len() == TABLE_STEPS + 1)
    }

    /// Log odds that the price falls by at least `distance` within each edge: never falling from edge
    /// to edge, and never rising with the distance.
    ///
    /// `past`: log volatilities per square root of a year; NaN where unknown.
    pub(crate) fn log_odds(
        &self,
        distance: f64,
        past: &[f64; VOLATILITY_COUNT],
    ) -> [f32; INTERVALS] {
        let years = edges_years();
        let mut before = LOG_ODDS_LIMITS.0 as f32;
        std::array::from_fn(|k| {
            let edge = &self.edges[k];
            let unit = edge.volatility.sigma(past) * years[k + 1].sqrt();
            before = before.max(edge.log_odds_beyond(distance.max(0.0) / unit) as f32);
            before
        })
    }
}

impl EdgeLaw {
    fn log_odds_beyond(&self, z: f64) -> f64 {
        let (low, high) = LOG_ODDS_LIMITS;
        if z >= self.tail.from {
            let last = f64::from(self.log_odds[TABLE_STEPS]);
            return logit(self.tail.survival(z)).min(last).clamp(low, high);
        }
        let at = z / self.tail.from * TABLE_STEPS as f64;
        let step = (at as usize).min(TABLE_STEPS - 1);
        let [a, b] = [step, step + 1].map(|step| f64::from(self.log_odds[step]));
        (a + (b - a) * (at - step as f64)).clamp(low, high)
    }
}
