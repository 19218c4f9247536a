//! Mechanics and forecasts into stress figures and proposals.
//!
//! [`recommend`] draws the line that names the project: for each collateral a liquidation
//! threshold, a maximum LTV and a bonus that today's volatility, depth and accounts call for, what
//! changing to them would cost, and whether it is worth it. What it is drawn from are plain values,
//! [`LineInputs`], which [`LineInputs::of`] takes from a snapshot of a market; [`LinePolicy`] says
//! how. [`replay()`] draws it through a market's past. [`sensitivity()`] is what a fall of prices
//! would liquidate.
//!
//! [`compile`] turns a wanted change into a [`Proposal`]: the fewest fields, in steps that a risk
//! steward takes, as calls, as a payload for governance, and as a text. [`rehearse`] executes one
//! on a local node and holds what it says of reserves and accounts against what the node then has.

mod bounds;
mod collateral_parameters;
mod depth_curve;
mod error;
mod excursion;
mod exposure;
mod parkinson;
mod policy;
mod proposal;
mod ratio_history;
mod recommend;
mod recommendation;
mod replay;
mod sensitivity;
mod smart_ltv;
mod snapshot_inputs;
mod threshold_inputs;

pub use collateral_parameters::CollateralParameters;
pub use depth_curve::{DepthCurve, DepthSource};
pub use error::GovernError;
pub use excursion::{Coverage, ExcursionOptions, Excursions, GeneralizedPareto, backtest_coverage};
pub use parkinson::parkinson_daily;
pub use policy::{AipPolicy, OraclePolicy, Policy, StewardPolicy, ThresholdPolicy};
pub use proposal::{
    AccountChange, AccountFigures, AffectedAccounts, AsOf, ChainState, ChainStateError,
    CollateralChange, CollateralField, CollateralUpdate, Contracts, EngineAbi, Finding,
    GovernancePayload, InconsistentParameters, LastChange, Limit, MarketFacts, Proposal,
    ProposalContext, ProposalFileError, ProposalInputs, ProposedCollateral, Refusal, Rehearsal,
    RehearsalError, ReserveState, ScheduledStep, StewardFacts, StewardLimits, StewardStep, Subject,
    TargetParameters, Wad, check_consistency, compile_proposal, rehearse, sha256_hex,
    steward_schedule,
};
pub use ratio_history::{RatioHistory, VolatileSide};
pub use recommend::recommend;
pub use recommendation::{
    BorrowerCost, Bound, BoundKind, CurrentAndProposed, ExcursionFigures, ExpectedLiquidations,
    LiquidatableAccounts, Reason, ReasonCode, Recommendation, Shortfall, SmartLtvEstimate,
    StressFigures, Verdict,
};
pub use replay::{
    HourlyThreshold, LiquidationTotals, ParameterRule, Replay, ReplayPlan, ReplayStep, RuleTotals,
    replay,
};
pub use sensitivity::{Sensitivity, sensitivity};
pub use smart_ltv::{RiskData, SmartLtv, SmartLtvError, smart_ltv_wad};
pub use snapshot_inputs::next_day_forecasts;
pub use threshold_inputs::{AssetInputs, Borrower, NextDayForecaster, ThresholdInputs};
