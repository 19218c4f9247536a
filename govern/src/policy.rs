//! What a proposer may want, and how far one proposal may go.

mod aip;
mod oracle;
mod steward;
mod threshold;

pub use aip::AipPolicy;
pub use oracle::OraclePolicy;
pub use steward::StewardPolicy;
pub use threshold::ThresholdPolicy;

use serde::{Deserialize, Serialize};

/// A policy file: how a line is drawn, what a risk steward may do at once, and how it is told.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// How thresholds are drawn.
    #[serde(rename = "line")]
    pub threshold: ThresholdPolicy,
    /// How far and how often they may move, where no chain says so.
    pub steward: StewardPolicy,
    /// How a proposal is worded.
    pub aip: AipPolicy,
    /// How a risk oracle is told.
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
