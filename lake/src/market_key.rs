//! A market's name and the account ids within it.

use std::fmt::LowerHex;

/// A market's name in three parts, and the account ids within it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketKey {
    pub chain: String,
    pub protocol: String,
    pub market: String,
}

impl MarketKey {
    /// An account's id, `<protocol>/<market>/<address>`.
    pub fn account_id(&self, owner: impl LowerHex) -> String {
        format!("{}/{}/{}", self.protocol, self.market, format_address(owner))
    }

    /// The values of partitions by chain, protocol and market.
    pub fn partition(&self) -> [&str; 3] {
        [&self.chain, &self.protocol, &self.market]
    }

    /// The `source` of the market's own prices.
    pub fn price_source(&self) -> String {
        format!("{}.{}.{}", self.chain, self.protocol, self.market)
    }
}

/// An address or a hash as tables hold it: 0x-prefixed, lower case.
#[must_use]
pub fn format_address(value: impl LowerHex) -> String {
    format!("{value:#x}")
}
