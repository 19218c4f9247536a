//! Proposals: a parameter change as contract calls and as files for readers.

mod abi;
mod accounts;
mod artifacts;
mod chain_state;
mod compile;
mod consistency;
mod document;
mod field;
mod files;
mod inputs;
mod lake_state;
mod limits;
mod refusal;
mod rehearsal;
mod reserve;
mod schedule;
mod update;
mod wad;

pub use abi::EngineAbi;
pub use accounts::{AccountChange, AccountFigures, AffectedAccounts};
pub use chain_state::{ChainState, ChainStateError};
pub use compile::{ProposalContext, TargetParameters, compile_proposal};
pub use consistency::{InconsistentParameters, check_consistency};
pub use document::{
    AsOf, CollateralChange, Contracts, GovernancePayload, MarketFacts, Proposal,
    ProposedCollateral, StewardFacts, StewardStep,
};
pub use field::CollateralField;
pub use files::ProposalFileError;
pub use inputs::{ProposalInputs, sha256_hex};
pub use limits::{LastChange, Limit, StewardLimits};
pub use refusal::Refusal;
pub use rehearsal::{Finding, Rehearsal, RehearsalError, Subject, rehearse};
pub use reserve::ReserveState;
pub use schedule::{ScheduledStep, steward_schedule};
pub use update::CollateralUpdate;
pub use wad::Wad;
