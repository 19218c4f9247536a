//! Current state of a market's reserves, from a chain or a lake.

mod chain;
mod lake;

pub use chain::ChainState;
pub(super) use chain::decode_parameters;
