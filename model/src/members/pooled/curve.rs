//! Curves of liquidation over the time grid, and what trees learn of them.

use serde::{Deserialize, Serialize};

use crate::input::grid::INTERVALS;

/// A probability of liquidation by an edge, never falling from edge to edge.
pub(crate) type LiquidationCurve = [f64; INTERVALS];

/// What the trees of a member forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CurveKind {
    /// `P(T <= h)`, constrained to rise with `h`.
    Cumulative,
    /// `P(T in interval | T after its start)`.
    Hazard,
}
