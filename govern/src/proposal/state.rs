//! Current state of a market's reserves, from a chain or a lake.

mod chain;
mod lake;

pub(super) use chain::decode_parameters;
pub use chain::{ChainState, ChainStateError};
