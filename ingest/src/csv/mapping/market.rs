//! The market of a mapping.

use plimsoll_lake::tables::MarketAsset;

use crate::csv::address::lower_case_address;

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

    /// An account's id in the lake; an address is one account in every case of its letters.
    pub(crate) fn account_id(&self, within: &str) -> String {
        plimsoll_lake::account_id(
            [&self.chain, &self.protocol, &self.market],
            &lower_case_address(within),
        )
    }

    /// The asset with this name, or with this address in any case.
    pub(crate) fn asset(&self, text: &str) -> Option<&MarketAsset> {
        let address = lower_case_address(text);
        let named = |row: &&MarketAsset| row.asset == address;
        let at_address = |row: &&MarketAsset| row.address.as_ref() == Some(&address);
        self.assets.iter().find(named).or_else(|| self.assets.iter().find(at_address))
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
