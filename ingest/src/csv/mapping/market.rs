//! The market of a mapping.

use plimsoll_lake::tables::MarketAsset;

/// The market to which the accounts and assets of a mapping's files belong.
#[derive(Debug)]
pub(crate) struct Market {
    pub(crate) chain: String,
    pub(crate) protocol: String,
    pub(crate) market: String,
    pub(crate) assets: Vec<MarketAsset>,
}

impl Market {
    /// The partition columns whose values a market determines.
    pub(crate) const PARTITION_COLUMNS: [&'static str; 3] = ["chain", "protocol", "market"];

    /// An account's id in the lake.
    pub(crate) fn account_id(&self, within: &str) -> String {
        plimsoll_lake::account_id([&self.chain, &self.protocol, &self.market], within)
    }

    /// Decimals of an asset of this market.
    pub(crate) fn decimals(&self, asset: &str) -> Option<u32> {
        Some(self.assets.iter().find(|row| row.asset == asset)?.decimals)
    }

    /// The market's value of a partition column; `None` for other columns.
    pub(crate) fn partition_value(&self, name: &str) -> Option<&str> {
        match name {
            "chain" => Some(&self.chain),
            "protocol" => Some(&self.protocol),
            "market" => Some(&self.market),
            _ => None,
        }
    }

    /// The assets' symbols, for messages.
    pub(crate) fn symbols(&self) -> String {
        self.assets.iter().map(|row| row.asset.as_str()).collect::<Vec<_>>().join(", ")
    }
}
