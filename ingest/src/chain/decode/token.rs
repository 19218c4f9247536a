//! A token in rows.

use alloy_primitives::Address;
use plimsoll_lake::MarketKey;
use plimsoll_lake::format_address;
use plimsoll_lake::tables::MarketAsset;

/// A token's id, label and unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// Its address, as rows contain it.
    pub(crate) id: String,
    /// Its newest symbol, cleaned; any other token may have the same.
    pub(crate) symbol: Option<String>,
    /// Decimal digits between the smallest unit and a token; `None` if the token does not return them.
    pub(crate) decimals: Option<u32>,
}

impl Token {
    /// A token whose contract answered with this symbol and unit.
    pub(crate) fn new(address: Address, symbol: Option<String>, decimals: Option<u32>) -> Self {
        Self { id: format_address(address), symbol, decimals }
    }

    /// The unit of amounts in rows; an asset without one is marked in `market_assets`.
    pub(crate) fn unit_decimals(&self) -> u32 {
        self.decimals.unwrap_or_default()
    }

    /// The token's row of `market_assets`, with the source of its prices.
    pub(crate) fn asset_row(&self, market: &MarketKey, price_source: String) -> MarketAsset {
        let problem = self.decimals.is_none().then(|| NO_DECIMALS.to_owned());
        MarketAsset {
            chain: market.chain.clone(),
            protocol: market.protocol.clone(),
            market: market.market.clone(),
            asset: self.id.clone(),
            address: Some(self.id.clone()),
            decimals: self.unit_decimals(),
            price_source,
            price_asset: self.id.clone(),
            oracle_delay_s: 0,
            symbol: self.symbol.clone(),
            problem,
        }
    }
}

/// The problem of a token without a unit.
const NO_DECIMALS: &str = "its token does not return decimals()";
