//! Risk measures, parameter recommendations and governance proposals.
//!
//! [`recommend`] computes, for each collateral, the liquidation threshold, maximum LTV and bonus implied
//! by current volatility, market depth and accounts, the cost of changing to them, and whether the
//! change is worth it. Its inputs are plain values, [`ThresholdInputs`], read by
//! [`ThresholdInputs::from_snapshot`] from a market's snapshot; [`ThresholdPolicy`] contains its
//! options. [`replay()`] computes thresholds through a market's past. [`sensitivity()`] computes the
//! liquidations caused by a fall of prices.
//!
//! [`compile_proposal`] turns target parameters into a [`Proposal`]: the fewest fields, in steps that a
//! risk steward accepts, as calls, as a payload for governance, and as text. [`rehearse`] executes a
//! proposal on a local node and compares reserves and accounts with it.

mod error;
mod parameters;
mod policy;
mod proposal;
mod recommend;
mod replay;
mod risk;
mod threshold_inputs;

pub use error::GovernError;
pub use parameters::{CollateralField, CollateralParameters};
pub use policy::{AipPolicy, EngineAbi, OraclePolicy, Policy, StewardPolicy, ThresholdPolicy};
pub use proposal::{
    AccountChange, AccountFigures, AffectedAccounts, AsOf, ChainState, ChainStateError,
    CollateralChange, CollateralUpdate, Contracts, Finding, GovernancePayload,
    InconsistentParameters, LastChange, Limit, MarketFacts, Proposal, ProposalContext,
    ProposalFileError, ProposalInputs, ProposedCollateral, Refusal, Rehearsal, RehearsalError,
    ReserveState, ScheduledStep, StewardFacts, StewardLimits, StewardStep, Subject,
    TargetParameters, Wad, check_consistency, compile_proposal, rehearse, sha256_hex,
    steward_schedule,
};
pub use recommend::{
    BorrowerCost, Bound, BoundKind, CurrentAndProposed, ExcursionFigures, ExpectedLiquidations,
    LiquidatableAccounts, Reason, ReasonCode, Recommendation, Shortfall, SmartLtvEstimate,
    StressFigures, Verdict, recommend,
};
pub use replay::{
    HourlyThreshold, LiquidationTotals, ParameterRule, Replay, ReplayPlan, ReplayStep, RuleTotals,
    replay,
};
pub use risk::{
    Coverage, DepthCurve, DepthSource, ExcursionOptions, Excursions, GeneralizedPareto,
    RatioHistory, RiskData, Sensitivity, SmartLtv, SmartLtvError, VolatileSide, backtest_coverage,
    parkinson_daily, sensitivity, smart_ltv_wad,
};
pub use threshold_inputs::{
    AssetInputs, Borrower, NextDayForecaster, ThresholdInputs, next_day_forecasts,
};
