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
    /// The collaterals that it may not change, by address, or by symbol if only one has it.
    pub restricted: Vec<String>,
    /// The `RiskSteward`; with an endpoint its own limits, last changes and restrictions apply.
    pub address: Option<Address>,
    /// Which form of `updateCollateralSide` the deployment has, 3.6 or 3.7.
    pub abi: EngineAbi,
}

impl StewardPolicy {
    /// Whether it may not change a collateral, given its label and address. A symbol that several
    /// collaterals have restricts them all.
    #[must_use]
    pub fn restricts(&self, label: &str, address: Option<Address>) -> bool {
        self.restricted.iter().any(|named| {
            let has_symbol = label.strip_prefix(named).is_some_and(|rest| rest.starts_with(" ("));
            let is_address = address.is_some() && named.parse().ok() == address;
            label == named || has_symbol || is_address
        })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_that_several_collaterals_have_restricts_all_of_them() {
        let address = Address::repeat_byte(0xab);
        let policy = |named: &str| StewardPolicy {
            restricted: vec![named.to_owned()],
            ..StewardPolicy::default()
        };
        let label = "USDC (0xabab…abab)";
        assert!(policy("USDC").restricts("USDC", None));
        assert!(policy("USDC").restricts(label, Some(address)));
        assert!(policy(&address.to_string()).restricts(label, Some(address)));
        assert!(!policy("USDC").restricts("USDC.e", Some(address)));
        assert!(!policy("WETH").restricts(label, None));
    }
}
