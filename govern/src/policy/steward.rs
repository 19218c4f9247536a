//! How far and how often a risk steward may move a parameter.

use serde::{Deserialize, Serialize};

/// Limits of a reserve's collateral side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StewardPolicy {
    /// Most that max LTV, liquidation threshold or bonus may move at once, basis points.
    pub max_change_bps: u16,
    /// Least time between two changes of one parameter, seconds.
    pub min_delay_s: u64,
}

impl Default for StewardPolicy {
    fn default() -> Self {
        Self { max_change_bps: 50, min_delay_s: 3 * 86_400 }
    }
}
