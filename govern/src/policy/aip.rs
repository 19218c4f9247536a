//! How a proposal is worded for governance.

use serde::{Deserialize, Serialize};

/// What a proposal says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AipPolicy {
    /// Who answers for it.
    pub author: String,
    /// Where it is discussed, an address.
    pub discussions: String,
    /// The market's name in Aave's address book after `AaveV3`, such as `Ethereum`; where it has
    /// none the payload takes the config engine's address when it is deployed.
    pub address_book: Option<String>,
}

impl Default for AipPolicy {
    fn default() -> Self {
        let author = "Plimsoll".to_owned();
        Self { author, discussions: String::new(), address_book: None }
    }
}
