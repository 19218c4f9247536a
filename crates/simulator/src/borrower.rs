//! A borrower: an owner with a behavior profile, and the owner's position.

mod decisions;
mod liquidation;
mod opening;
mod owner;
mod position;
mod state;
mod visits;

pub(crate) use liquidation::{POOL_FEE_RATE, pool_reserve_usd};
pub(crate) use state::Borrower;
