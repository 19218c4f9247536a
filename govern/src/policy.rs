//! Policies: how thresholds are computed and how far one proposal may go.

mod aip;
mod engine_abi;
mod oracle;
mod steward;
mod threshold;

pub use aip::AipPolicy;
pub use engine_abi::EngineAbi;
pub(crate) use oracle::OraclePolicy;
pub(crate) use steward::StewardPolicy;
pub use threshold::ThresholdPolicy;

use serde::{Deserialize, Serialize};

/// A policy file: rules for thresholds, steward limits, and the text of a proposal.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// How thresholds are computed.
    #[serde(rename = "line")]
    pub threshold: ThresholdPolicy,
    /// How far and how often parameters may move, unless read from a chain.
    pub steward: StewardPolicy,
    /// Metadata of a proposal's text.
    pub aip: AipPolicy,
    /// How recommendations are published to a risk oracle.
    pub oracle: OraclePolicy,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn example_policy_equals_the_default() {
        let example = include_str!("../policies/aave-v3.toml");
        assert_eq!(toml::from_str::<Policy>(example).unwrap(), Policy::default());
    }

    #[test]
    fn example_policy_lists_every_key() {
        let example: toml::Table = include_str!("../policies/aave-v3.toml").parse().unwrap();
        assert_eq!(toml::Table::try_from(Policy::default()).unwrap(), example);
    }
}
