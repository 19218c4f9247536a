//! The scores of a caller's positions.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_features::MIN_OPEN_USD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::score::request::ScoreRequest;
use crate::state::balance::liquidation_prices;
use crate::state::market_state::MarketState;
use crate::state::position_metrics::PositionMetrics;
use crate::state::probabilities::Probabilities;
use crate::state::valued_position::ValuedPosition;

/// The scores of a request's positions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "market": "maker/eth-b",
    "as_of": "2022-04-30T23:00:00Z",
    "results": [{
        "index": 0,
        "id": "what if I borrow 2,000 more",
        "status": "open",
        "health_factor": 1.5721,
        "debt_usd": 14000.0,
        "collateral_usd": 28613.55,
        "safety_buffer": 0.3639,
        "safety_buffer_sigmas_1d": 11.3,
        "liquidation_prices_usd": {"ETH": 1733.33},
        "probabilities": {
            "1h": {"liquidated": 0.0, "lower": 0.0, "upper": 0.0001, "closed": 0.0004},
            "6h": {"liquidated": 0.0001, "lower": 0.0001, "upper": 0.0002, "closed": 0.0022},
            "24h": {"liquidated": 0.0004, "lower": 0.0002, "upper": 0.0008, "closed": 0.0081},
            "3d": {"liquidated": 0.0051, "lower": 0.0026, "upper": 0.0102, "closed": 0.0210},
            "7d": {"liquidated": 0.0263, "lower": 0.0132, "upper": 0.0526, "closed": 0.0433},
            "30d": {"liquidated": 0.1829, "lower": 0.0915, "upper": 0.3658, "closed": 0.1316},
            "out_of_range": false
        }
    }]
}))]
pub struct ScoreResponse {
    /// The market.
    pub market: String,
    /// The time at which the positions are scored: the end of what is known of the market.
    pub as_of: DateTime<Utc>,
    /// The scores, in the order of the request.
    pub results: Vec<ScoredPosition>,
}

/// One position's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoredPosition {
    /// The position's index in the request, from 0.
    pub index: usize,
    /// The caller's label.
    #[schema(required)]
    pub id: Option<String>,
    /// Whether the position can be liquidated, and if not, why.
    pub status: PositionStatus,
    /// Value and distance to liquidation.
    #[serde(flatten)]
    pub metrics: PositionMetrics,
    /// For each asset, the price at which the position becomes liquidatable if all other prices stay
    /// the same, USD per token; assets without such a price are left out.
    pub liquidation_prices_usd: BTreeMap<String, f64>,
    /// All 0 for `no_debt`, null for `undercollateralised` and `dust`.
    #[schema(required)]
    pub probabilities: Option<Probabilities>,
}

/// Whether a position can be liquidated, and if not, why.
///
/// `open`: it can be, now if its health factor is below 1, otherwise later. `no_debt`: there is no
/// debt, so it cannot be liquidated. `undercollateralised`: the collateral that counts is worth less
/// than one dollar; there is nothing to seize, and the training data contains no such position.
/// `dust`: the debt is less than one dollar; the training data contains no such position either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PositionStatus {
    /// It can be liquidated.
    Open,
    /// There is no debt.
    NoDebt,
    /// Almost nothing secures the debt.
    Undercollateralised,
    /// There is almost no debt.
    Dust,
}

impl PositionStatus {
    fn from_valued(valued: &ValuedPosition) -> Self {
        if valued.features().is_some() {
            Self::Open
        } else if !valued.account.has_debt() {
            Self::NoDebt
        } else if valued.debt_usd < MIN_OPEN_USD {
            Self::Dust
        } else {
            Self::Undercollateralised
        }
    }
}

impl ScoreResponse {
    /// Combines a request's positions with their scores.
    pub(crate) fn new(
        market: &MarketState,
        request: ScoreRequest,
        valued: Vec<ValuedPosition>,
        scores: Vec<Option<Probabilities>>,
    ) -> Self {
        let labels = request.positions.into_iter().map(|position| position.id);
        let positions = labels.zip(valued.iter().zip(scores)).enumerate();
        let scored = |(index, (id, (valued, probabilities)))| ScoredPosition {
            index,
            id,
            ..ScoredPosition::new(market, valued, probabilities)
        };
        Self {
            market: market.name().to_owned(),
            as_of: market.as_of(),
            results: positions.map(scored).collect(),
        }
    }
}

impl ScoredPosition {
    fn new(
        market: &MarketState,
        valued: &ValuedPosition,
        probabilities: Option<Probabilities>,
    ) -> Self {
        let status = PositionStatus::from_valued(valued);
        Self {
            index: 0,
            id: None,
            status,
            metrics: PositionMetrics::from_valued(valued),
            liquidation_prices_usd: liquidation_prices(market, valued),
            probabilities: match status {
                PositionStatus::NoDebt => Some(Probabilities::default()),
                _ => probabilities,
            },
        }
    }
}
