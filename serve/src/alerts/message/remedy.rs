//! Actions that end a warning.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The kind of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemedyKind {
    /// Repay debt.
    Repay,
    /// Add collateral.
    Add,
}

/// An action of the owner that ends the warning by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "action": "repay", "asset": "DAI", "amount": 1240.0, "value_usd": 1240.0,
    "whole_debt": false, "leaves": 0.0096
}))]
pub struct Remedy {
    /// Kind of the action.
    pub action: RemedyKind,
    /// Its asset.
    pub asset: String,
    /// The amount, tokens, rounded up.
    pub amount: f64,
    /// Value of the amount, USD.
    pub value_usd: f64,
    /// Whether the amount is the whole debt in the asset.
    pub whole_debt: bool,
    /// The measured value afterwards; null if the account is no longer open.
    #[schema(required)]
    pub leaves: Option<f64>,
}
