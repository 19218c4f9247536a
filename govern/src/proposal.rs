//! Proposals: a parameter change as contract calls and as files for readers.

mod abi;
mod accounts;
mod artifacts;
mod check;
mod compile;
mod document;
mod files;
mod inputs;
mod state;
mod steward;
mod wad;

pub use accounts::AffectedAccounts;
pub use check::check_proposal;
pub use compile::{ProposalContext, TargetParameters, compile_proposal};
pub use document::{
    AsOf, CollateralChange, Contracts, MarketFacts, Proposal, ProposedCollateral, StewardFacts,
    StewardStep,
};
pub use files::{ProposalFileError, ProposalParseError};
pub use inputs::ProposalInputs;
pub use state::ChainState;
pub use steward::ReserveState;
#[cfg(test)]
pub(crate) use steward::check_consistency;
