//! The scores of a caller's positions.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_model::{CumulativeIncidence, INTERVALS};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::score::request::ScoreRequest;
use crate::state::balance::liquidation_prices;
use crate::state::horizon_incidence::HorizonIncidence;
use crate::state::liquidation_outlook::LiquidationOutlook;
use crate::state::market_state::MarketState;
use crate::state::position_metrics::PositionMetrics;
use crate::state::position_state::PositionState;
use crate::state::probabilities::Probabilities;
use crate::state::score::Score;
use crate::state::valued_position::ValuedPosition;

/// The scores of a request's positions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "market": "ethereum/maker/eth-b",
    "as_of": "2022-04-30T23:00:00Z",
    "results": [{
        "index": 0,
        "id": "what if I borrow 2,000 more",
        "state": "open",
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
            "out_of_range": false,
            "cold_start": false
        },
        "liquidation": {
            "probability_taken": 0.994, "median_hours_to_liquidation": null,
            "hours_below_threshold": 0.0, "obstacles": [], "halt": null
        },
        "horizons": [
            {"hours": 36.0, "liquidated": 0.0012, "closed": 0.0113, "extrapolated": false},
            {"hours": 500.0, "liquidated": 0.1214, "closed": 0.0986, "extrapolated": false}
        ]
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
    /// Whether the position can be liquidated now, later or not at all, and if not, why.
    pub state: PositionState,
    /// Value and distance to liquidation.
    #[serde(flatten)]
    pub metrics: PositionMetrics,
    /// For each asset, the price at which the position becomes liquidatable if all other prices stay
    /// the same, USD per token; assets without such a price are left out.
    pub liquidation_prices_usd: BTreeMap<String, f64>,
    /// All 0 for `no_debt`, null for `undercollateralised` and `dust`.
    #[schema(required)]
    pub probabilities: Option<Probabilities>,
    /// Whether and when a liquidator takes it; null if it cannot be liquidated.
    #[schema(required)]
    pub liquidation: Option<LiquidationOutlook>,
    /// Probabilities at the requested horizons, in their order; left out if none was requested, or if
    /// `probabilities` is null.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub horizons: Vec<HorizonIncidence>,
}

impl ScoreResponse {
    /// Combines a request's positions with their scores.
    pub(crate) fn new(
        market: &MarketState,
        request: ScoreRequest,
        valued: Vec<ValuedPosition>,
        scores: Vec<Option<Score>>,
    ) -> Self {
        let ScoreRequest { positions, horizon_hours, .. } = request;
        let labels = positions.into_iter().map(|position| position.id);
        let positions = labels.zip(valued.iter().zip(scores)).enumerate();
        let scored = |(index, (id, (valued, score)))| ScoredPosition {
            index,
            id,
            ..ScoredPosition::new(market, valued, score, &horizon_hours)
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
        score: Option<Score>,
        horizon_hours: &[f64],
    ) -> Self {
        let state = PositionState::new(valued, score.as_ref().map(|score| score.state));
        let (probabilities, incidence) = match (&score, state) {
            (Some(score), _) => (Some(score.probabilities), Some(score.incidence)),
            (None, PositionState::NoDebt) => (Some(Probabilities::default()), Some(NO_EVENTS)),
            (None, _) => (None, None),
        };
        let horizons = |curves| HorizonIncidence::from_curves(curves, horizon_hours);
        Self {
            index: 0,
            id: None,
            state,
            metrics: PositionMetrics::from_valued(valued),
            liquidation_prices_usd: liquidation_prices(market, valued),
            probabilities,
            liquidation: score.map(|score| score.outlook),
            horizons: incidence.as_ref().map(horizons).unwrap_or_default(),
        }
    }
}

/// The curves of a position to which nothing can happen.
const NO_EVENTS: CumulativeIncidence =
    CumulativeIncidence { liquidated: [0.0; INTERVALS], closed: [0.0; INTERVALS] };
