//! One asset on one side of an account.

use std::collections::BTreeMap;

use plimsoll_lake::tables::PAR_PRICE_SOURCE;
use plimsoll_lending::{AssetAmount, AssetId, liquidation_price};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::state::market_state::MarketState;
use crate::state::valued_position::ValuedPosition;

/// An amount of an asset that an account supplies or owes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Balance {
    /// Label of the asset: its symbol, with its address where another asset has the same one.
    pub asset: String,
    /// The token's address; null where the source has none.
    #[serde(default)]
    #[schema(required)]
    pub address: Option<String>,
    /// Tokens; a debt's with interest.
    pub amount: f64,
    /// Price that the protocol uses, USD per token.
    pub price_usd: f64,
    /// Value, USD.
    pub value_usd: f64,
    /// Price at which the account becomes liquidatable if all other prices stay the same, USD per
    /// token. Null if there is none, or if the protocol values the asset at one dollar.
    #[schema(required)]
    pub liquidation_price_usd: Option<f64>,
    /// Whether it counts as collateral; null for a debt.
    #[schema(required)]
    pub used_as_collateral: Option<bool>,
}

/// The collateral of an account.
pub(crate) fn supplied_balances(
    market: &MarketState,
    account: &str,
    valued: &ValuedPosition,
) -> Vec<Balance> {
    let collateral = &valued.account.collateral;
    let state = market.snapshot().states().get(account);
    let is_used =
        |held: &AssetAmount| state.map(|state| state.collateral_enabled[held.asset.index()]);
    let mut all = balances(market, valued, collateral);
    for (balance, held) in all.iter_mut().zip(collateral) {
        balance.used_as_collateral = is_used(held);
    }
    all
}

/// One side of an account.
pub(crate) fn balances(
    market: &MarketState,
    valued: &ValuedPosition,
    side: &[AssetAmount],
) -> Vec<Balance> {
    let balance = |held: &AssetAmount| Balance {
        asset: market.symbol(held.asset).to_owned(),
        address: market.assets()[held.asset.index()].address.clone(),
        amount: held.amount,
        price_usd: market.prices()[held.asset.index()],
        value_usd: held.value_usd(market.prices()),
        liquidation_price_usd: asset_liquidation_price(market, valued, held.asset),
        used_as_collateral: None,
    };
    side.iter().map(balance).collect()
}

/// The price of an asset at which an account becomes liquidatable, USD per token; `None` if there is
/// none, or if the protocol values the asset at one dollar.
fn asset_liquidation_price(
    market: &MarketState,
    valued: &ValuedPosition,
    asset: AssetId,
) -> Option<f64> {
    let account = &valued.account;
    let moves = market.assets()[asset.index()].price_source != PAR_PRICE_SOURCE;
    let price = || {
        let reserves = valued.effective_reserves(market.reserves());
        liquidation_price(account, market.prices(), reserves, asset)
    };
    if moves && account.has_debt() { price() } else { None }
}

/// For each asset, the price at which a position becomes liquidatable if all other prices stay the
/// same, USD per token; assets without such a price are left out.
pub(crate) fn liquidation_prices(
    market: &MarketState,
    valued: &ValuedPosition,
) -> BTreeMap<String, f64> {
    let account = &valued.account;
    let price = |held: &AssetAmount| {
        let price = asset_liquidation_price(market, valued, held.asset)?;
        Some((market.symbol(held.asset).to_owned(), price))
    };
    account.collateral.iter().chain(&account.debt).filter_map(price).collect()
}
