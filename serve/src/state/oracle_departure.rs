//! An asset whose price in the protocol departs from the market.

use plimsoll_lending::AssetId;
use plimsoll_report::format_percent;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::state::market_state::MarketState;

/// An asset whose price in the protocol departs from the market: it is more than 10 % outside the range
/// of another source over the three hours before. It is a risk of its own: a liquidation, or bad debt,
/// at a price that nobody trades at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "asset": "ETH",
    "oracle_usd": 1.12,
    "market_usd": 2200.0,
    "reference": "binance",
    "departure": -0.9995,
    "text": "the oracle's price of ETH departs from the market by -99.9 %"
}))]
pub struct OracleDeparture {
    /// Asset symbol within the market.
    pub asset: String,
    /// Price that the protocol uses, USD.
    pub oracle_usd: f64,
    /// The other source's latest price, USD.
    pub market_usd: f64,
    /// The other source.
    pub reference: String,
    /// The protocol's price over the other source's, minus 1.
    pub departure: f64,
    /// The same in words.
    pub text: String,
}

/// The departures of some assets, by index, at the time of the market's state.
pub(crate) fn oracle_departures(
    market: &MarketState,
    assets: impl Iterator<Item = usize>,
) -> Vec<OracleDeparture> {
    let time_s = market.as_of().timestamp();
    let departure = |asset: usize| {
        let found = market.snapshot().market().oracle_departure(asset, time_s)?;
        let (symbol, departure) =
            (market.symbol(AssetId(asset as u32)).to_owned(), found.departure());
        let by = format_percent(departure);
        let text = format!("the oracle's price of {symbol} departs from the market by {by}");
        Some(OracleDeparture {
            asset: symbol,
            oracle_usd: found.oracle_usd,
            market_usd: found.market_usd,
            reference: found.reference,
            departure,
            text,
        })
    };
    assets.filter_map(departure).collect()
}
