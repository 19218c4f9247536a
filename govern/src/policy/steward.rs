//! How far and how often a risk steward may move a parameter.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

use super::engine_abi::EngineAbi;

/// Limits of a reserve's collateral side, and the steward whose on-chain limits take precedence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StewardPolicy {
    /// Most that max LTV, liquidation threshold or bonus may change at once, basis points.
    pub max_change_bps: u16,
    /// Least time between two changes of one parameter, seconds.
    pub min_delay_s: u64,
    /// Symbols of the collaterals that it may not change.
    pub restricted: Vec<String>,
    /// The `RiskSteward`; with an endpoint its own limits, last changes and restrictions apply.
    pub address: Option<Address>,
    /// Which form of `updateCollateralSide` the deployment has, 3.6 or 3.7.
    pub abi: EngineAbi,
}

impl Default for StewardPolicy {
    fn default() -> Self {
        Self {
            max_change_bps: 50,
            min_delay_s: 3 * 86_400,
            restricted: Vec::new(),
            address: None,
            abi: EngineAbi::default(),
        }
    }
}
