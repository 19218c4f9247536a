//! Proposals: a parameter change as contract calls and as files for readers.

mod abi;
mod accounts;
mod artifacts;
mod compile;
mod document;
mod files;
mod inputs;
mod rehearsal;
mod state;
mod steward;
mod wad;

pub use accounts::{AccountChange, AccountFigures, AffectedAccounts};
pub use compile::{ProposalContext, TargetParameters, compile_proposal};
pub use document::{
    AsOf, CollateralChange, Contracts, GovernancePayload, MarketFacts, Proposal,
    ProposedCollateral, StewardFacts, StewardStep,
};
pub use files::ProposalFileError;
pub use inputs::{ProposalInputs, sha256_hex};
pub use rehearsal::{Finding, Rehearsal, RehearsalError, Subject, rehearse};
pub use state::{ChainState, ChainStateError};
pub use steward::{
    CollateralUpdate, InconsistentParameters, LastChange, Limit, Refusal, ReserveState,
    ScheduledStep, StewardLimits, check_consistency, steward_schedule,
};
pub use wad::Wad;
