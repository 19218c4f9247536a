//! From a wanted change of parameters to calls that contracts take and files that people read.

mod abi;
mod accounts;
mod artifacts;
mod chain_state;
mod compile;
mod consistency;
mod document;
mod field;
mod folder;
mod inputs;
mod ladder;
mod lake_state;
mod limits;
mod refusal;
mod rehearsal;
mod reserve;
mod update;
mod wad;

pub use abi::EngineAbi;
pub use accounts::{AccountChange, AccountFigures, Accounts};
pub use chain_state::{ChainState, ChainStateError};
pub use compile::{Situation, Wanted, compile};
pub use consistency::{Inconsistent, consistent};
pub use document::{
    At, Change, Collateral, Contracts, MarketFacts, Payload, Proposal, Step, StewardFacts,
};
pub use field::Field;
pub use folder::FolderError;
pub use inputs::{Inputs, sha256};
pub use ladder::{Rung, ladder};
pub use limits::{LastChange, Limit, StewardLimits};
pub use refusal::Refusal;
pub use rehearsal::{Finding, Rehearsal, RehearsalError, Subject, rehearse};
pub use reserve::ReserveState;
pub use update::CollateralUpdate;
pub use wad::Wad;
