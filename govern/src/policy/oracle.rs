//! How recommendations are published to a risk oracle.

use serde::{Deserialize, Serialize};

/// Parameters of a publication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OraclePolicy {
    /// The update type registered at the oracle for collateral parameters.
    pub update_type: String,
}

impl Default for OraclePolicy {
    fn default() -> Self {
        Self { update_type: "CollateralUpdate".to_owned() }
    }
}
