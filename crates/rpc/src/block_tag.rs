//! The block of a request.

use std::fmt;

use alloy_primitives::U64;
use serde_json::{Value, json};

/// A block by its number or by its position on the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockTag {
    /// The newest block.
    Latest,
    /// The newest block that no reorg can remove.
    Finalized,
    /// The block of this number.
    Number(u64),
}

impl BlockTag {
    pub(crate) fn to_param(self) -> Value {
        match self {
            Self::Number(number) => json!(U64::from(number)),
            tag => json!(tag.to_string()),
        }
    }
}

impl fmt::Display for BlockTag {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => out.write_str("latest"),
            Self::Finalized => out.write_str("finalized"),
            Self::Number(number) => number.fmt(out),
        }
    }
}
