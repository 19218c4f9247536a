//! A recommendation of a collateral's parameters, with its reasons.

mod figures;
mod reason;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::parameters::CollateralParameters;
use crate::risk::Sensitivity;
pub(crate) use figures::{
    BorrowerCost, Bound, BoundKind, CurrentAndProposed, ExcursionFigures, ExpectedLiquidations,
    LiquidatableAccounts, Shortfall, SmartLtvEstimate, StressFigures,
};
pub(crate) use reason::Reason;
pub use reason::ReasonCode;

/// One collateral's recommendation, with the figures that it is based on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recommendation {
    /// The market, `<protocol>/<market>`.
    pub market: String,
    /// Time up to which data was used.
    pub as_of: DateTime<Utc>,
    /// Symbol of the collateral.
    pub asset: String,
    /// Its contract, 0x-prefixed hex, where known.
    pub address: Option<String>,
    /// The parameters in force.
    pub current: CollateralParameters,
    /// The recommended parameters; those in force if the verdict is no change.
    pub recommended: CollateralParameters,
    /// The parameters implied by the bounds, regardless of the cost of changing to them.
    #[serde(rename = "drawn")]
    pub implied: CollateralParameters,
    /// The implied parameters limited to what one proposal may change; the verdict is on these.
    pub proposed: CollateralParameters,
    /// Whether a change is recommended.
    pub verdict: Verdict,
    /// Why, in the order of evaluation.
    pub reasons: Vec<Reason>,
    /// How far the collateral may fall until a liquidation is executed; `None` without history.
    pub excursion: Option<ExcursionFigures>,
    /// Every bound on the threshold and on the bonus, with the binding ones marked.
    pub bounds: Vec<Bound>,
    /// Sales by liquidators in a stress.
    pub stress: StressFigures,
    /// `SmartLTV`'s estimate; `None` without a day of history.
    pub smart_ltv: Option<SmartLtvEstimate>,
    /// The factor `r = 1 / c` implied in `SmartLTV` by the threshold in force: the smaller, the
    /// safer it is.
    pub implied_confidence: Option<f64>,
    /// Liquidations at each fall of all volatile prices under the parameters in force.
    pub what_if: Vec<Sensitivity>,
    /// The same under the parameters proposed.
    pub what_if_proposed: Vec<Sensitivity>,
    /// Cost of the proposed parameters to borrowers.
    #[serde(rename = "harm")]
    pub borrower_cost: BorrowerCost,
    /// Loss of lenders under either set of parameters.
    pub shortfall: Shortfall,
}

/// Whether a change is recommended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The change is recommended.
    Change,
    /// No change is recommended.
    NoChange,
}
