//! The key of a market, and ids of its accounts.

use std::fmt::LowerHex;

/// The key of a market: chain, protocol and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketKey {
    /// Chain name, such as `ethereum`.
    pub chain: String,
    /// Protocol, such as `aave-v3`.
    pub protocol: String,
    /// Market within the protocol.
    pub market: String,
}

impl MarketKey {
    /// Id of an account, `<protocol>/<market>/<address>`.
    #[must_use]
    pub fn account_id(&self, owner: impl LowerHex) -> String {
        format!("{}/{}/{}", self.protocol, self.market, format_address(owner))
    }

    /// Values of partitions by chain, protocol and market.
    #[must_use]
    pub fn partition(&self) -> [&str; 3] {
        [&self.chain, &self.protocol, &self.market]
    }

    /// The `source` of the market's own oracle prices.
    #[must_use]
    pub fn price_source(&self) -> String {
        format!("{}.{}.{}", self.chain, self.protocol, self.market)
    }
}

/// An address or hash as stored in tables: 0x-prefixed, lower case.
#[must_use]
pub fn format_address(value: impl LowerHex) -> String {
    format!("{value:#x}")
}
