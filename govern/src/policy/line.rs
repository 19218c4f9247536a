//! How thresholds are drawn.

use serde::{Deserialize, Serialize};

/// Confidence and time of the excursion that a threshold must outlast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinePolicy {
    /// Probability that the collateral/debt ratio falls by less than the bound within `dt_hours`.
    pub alpha: f64,
    /// Time from a liquidation's trigger to its execution, hours.
    pub dt_hours: f64,
}

impl Default for LinePolicy {
    fn default() -> Self {
        Self { alpha: 0.999, dt_hours: 1.0 }
    }
}
