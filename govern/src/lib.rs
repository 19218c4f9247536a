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
//! risk steward accepts, as calls, as a payload for governance, and as text. [`check_proposal`] executes a
//! proposal on a local node and compares reserves and accounts with it.

mod error;
#[cfg(test)]
mod fixtures;
mod parameters;
mod policy;
mod proposal;
mod recommend;
mod replay;
mod risk;
mod threshold_inputs;
mod time;

pub use error::GovernError;
pub use parameters::{CollateralField, CollateralParameters};
pub use policy::{AipPolicy, EngineAbi, Policy, ThresholdPolicy};
pub use proposal::{
    AffectedAccounts, AsOf, ChainState, CollateralChange, Contracts, MarketFacts, Proposal,
    ProposalContext, ProposalFileError, ProposalInputs, ProposalParseError, ProposedCollateral,
    ReserveState, StewardFacts, StewardStep, TargetParameters, check_proposal, compile_proposal,
};
pub use recommend::{ReasonCode, Recommendation, Verdict, recommend};
pub use replay::{
    HourlyThreshold, LiquidationTotals, ParameterRule, Replay, ReplayPlan, ReplayStep, RuleTotals,
    replay,
};
pub use risk::{
    Coverage, ExcursionOptions, RatioHistory, RiskData, Sensitivity, SmartLtvError,
    backtest_coverage, sensitivity, smart_ltv_wad,
};
pub use threshold_inputs::{Borrower, NextDayForecaster, ThresholdInputs, next_day_forecasts};
