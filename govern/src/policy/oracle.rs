//! How recommendations are published to a risk oracle.

use serde::{Deserialize, Serialize};

/// What the oracle is told with each value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OraclePolicy {
    /// The name under which the oracle was told to take collateral parameters.
    pub update_type: String,
}

impl Default for OraclePolicy {
    fn default() -> Self {
        Self { update_type: "CollateralUpdate".to_owned() }
    }
}
