//! A request to score positions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::score::amount::Amount;

/// Positions of one market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object with `market` and `positions`")]
#[schema(example = json!({
    "market": "ethereum/maker/eth-b",
    "positions": [
        {
            "id": "what if I borrow 2,000 more",
            "collateral": [{"asset": "ETH", "amount": 10.5}],
            "debt": [{"asset": "DAI", "amount": "14000"}],
            "account": "ethereum/maker/eth-b/15967"
        },
        {
            "collateral": [{"asset": "ETH", "amount": 3}],
            "debt": [{"asset": "DAI", "amount": 4000}]
        }
    ],
    "horizon_hours": [36, 500]
}))]
pub struct ScoreRequest {
    /// `<chain>/<protocol>/<market>`, as `GET /healthz` lists them; the chain may be left out if only
    /// one market has the name.
    pub market: String,
    /// The positions.
    #[schema(min_items = 1, max_items = 10000)]
    pub positions: Vec<Position>,
    /// Additional horizons, hours: above 0 and at most 8760.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 32)]
    pub horizon_hours: Vec<f64>,
}

/// One position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object with `collateral` and `debt`")]
pub struct Position {
    /// The caller's own label, returned with the score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub id: Option<String>,
    /// Supplied collateral; each asset once.
    #[schema(max_items = 64)]
    pub collateral: Vec<Holding>,
    /// Debt, interest included; each asset once.
    #[schema(max_items = 64)]
    pub debt: Vec<Holding>,
    /// Id of an account of the market whose history the position's owner has. Without it, or if that
    /// account has no debt, the owner opens the position at `as_of`. Its efficiency mode, and which of
    /// its assets count as collateral, apply unless the request has others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub account: Option<String>,
    /// Number of the efficiency mode, 0 for none; by default that of `account`, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emode: Option<u32>,
}

/// An amount of an asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object with `asset` and `amount`")]
pub struct Holding {
    /// The asset's address, or its symbol if only one asset of the market has it.
    pub asset: String,
    /// Tokens.
    pub amount: Amount,
    /// Whether it counts as collateral; by default as `account` has chosen for its balance of the asset,
    /// otherwise it does. Without effect on debt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_as_collateral: Option<bool>,
}
