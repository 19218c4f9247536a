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
//! steward takes, as calls, as a payload for governance, and as a text. [`rehearse`] executes one on
//! a local node and holds what it says of reserves and accounts against what the node then has.

mod bounds;
mod collateral_parameters;
mod depth_curve;
mod error;
mod excursion;
mod exposure;
mod line_inputs;
mod parkinson;
mod policy;
mod proposal;
mod ratio_history;
mod read;
mod recommend;
mod recommendation;
mod replay;
mod sensitivity;
mod smart_ltv;

pub use collateral_parameters::CollateralParameters;
pub use depth_curve::{DepthCurve, DepthSource};
pub use error::GovernError;
pub use excursion::{Coverage, ExcursionOptions, Excursions, GeneralizedPareto, coverage};
pub use line_inputs::{Borrower, LineAsset, LineInputs, NextDay};
pub use parkinson::parkinson_daily;
pub use policy::{AipPolicy, LinePolicy, OraclePolicy, Policy, StewardPolicy};
pub use proposal::{
    AccountChange, AccountFigures, Accounts, At, ChainState, ChainStateError, Change, Collateral,
    CollateralUpdate, Contracts, EngineAbi, Field, Finding, FolderError, Inconsistent, Inputs,
    LastChange, Limit, MarketFacts, Payload, Proposal, Refusal, Rehearsal, RehearsalError,
    ReserveState, Rung, Situation, Step, StewardFacts, StewardLimits, Subject, Wad, Wanted,
    compile, consistent, ladder, rehearse, sha256,
};
pub use ratio_history::{Moving, RatioHistory};
pub use read::next_day_forecasts;
pub use recommend::recommend;
pub use recommendation::{
    Bound, BoundKind, ExcursionFigures, Expected, Harm, Liquidatable, Reason, ReasonCode,
    Recommendation, Shortfall, SmartLtvOpinion, StressFigures, UnderBoth, Verdict,
};
pub use replay::{HourOfLine, Liquidations, Replay, ReplayPlan, ReplayStep, Rule, Tally, replay};
pub use sensitivity::{Sensitivity, sensitivity};
pub use smart_ltv::{RiskFigures, SmartLtv, SmartLtvError, smart_ltv_wad};
