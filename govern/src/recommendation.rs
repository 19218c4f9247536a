//! What is recommended of a collateral's parameters, and why.

mod figures;
mod reason;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::collateral_parameters::CollateralParameters;
use crate::sensitivity::Sensitivity;
pub use figures::{
    BorrowerCost, Bound, BoundKind, CurrentAndProposed, ExcursionFigures, ExpectedLiquidations,
    LiquidatableAccounts, Shortfall, SmartLtvEstimate, StressFigures,
};
pub use reason::{Reason, ReasonCode};

/// One collateral's recommendation, with all that it rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recommendation {
    /// The market, `<protocol>/<market>`.
    pub market: String,
    /// When nothing later was known.
    pub as_of: DateTime<Utc>,
    /// Symbol of the collateral.
    pub asset: String,
    /// Its contract, 0x-prefixed hex, where known.
    pub address: Option<String>,
    /// The parameters in force.
    pub current: CollateralParameters,
    /// The parameters to vote for; those in force where the verdict is no change.
    pub recommended: CollateralParameters,
    /// The parameters that the bounds alone would have, whatever changing to them costs.
    #[serde(rename = "drawn")]
    pub implied: CollateralParameters,
    /// Of these, what the policy lets one proposal change; the verdict is on this.
    pub proposed: CollateralParameters,
    /// Whether to change anything.
    pub verdict: Verdict,
    /// Why, in the order in which it was found.
    pub reasons: Vec<Reason>,
    /// How far the collateral may fall until a liquidation is executed; none without history.
    pub excursion: Option<ExcursionFigures>,
    /// Every bound on the threshold and on the bonus, those that bind marked.
    pub bounds: Vec<Bound>,
    /// What liquidators would have to take on in a stress.
    pub stress: StressFigures,
    /// `SmartLTV`'s opinion; none without a day's history.
    pub smart_ltv: Option<SmartLtvEstimate>,
    /// The factor `r = 1 / c` that the threshold in force implies in `SmartLTV`: the smaller, the
    /// surer it is.
    pub implied_confidence: Option<f64>,
    /// What each fall of all volatile prices would liquidate under the parameters in force.
    pub what_if: Vec<Sensitivity>,
    /// The same under the parameters proposed.
    pub what_if_proposed: Vec<Sensitivity>,
    /// Who would be liquidated for the parameters proposed.
    #[serde(rename = "harm")]
    pub borrower_cost: BorrowerCost,
    /// What lenders would lose under either.
    pub shortfall: Shortfall,
}

/// Whether to change anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A change is worth a vote.
    Change,
    /// It is not.
    NoChange,
}
