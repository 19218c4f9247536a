//! Metadata of a proposal for governance.

use serde::{Deserialize, Serialize};

/// Metadata of a proposal's text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AipPolicy {
    /// Its author.
    pub author: String,
    /// URL of its discussion.
    pub discussions: String,
    /// The market's name in Aave's address book after `AaveV3`, such as `Ethereum`; without it the
    /// payload takes the config engine's address at deployment.
    pub address_book: Option<String>,
}

impl Default for AipPolicy {
    fn default() -> Self {
        let author = "Plimsoll".to_owned();
        Self { author, discussions: String::new(), address_book: None }
    }
}
