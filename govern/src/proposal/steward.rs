//! Rules of risk stewards: which changes they accept, in which steps and when.

mod consistency;
#[cfg(test)]
pub(super) mod fixtures;
mod limits;
mod refusal;
mod reserve;
mod schedule;
mod update;

#[cfg(test)]
pub(crate) use consistency::check_consistency;
pub(super) use limits::{LastChange, Limit, StewardLimits};
pub(super) use refusal::Refusal;
pub use reserve::ReserveState;
pub(super) use schedule::{ScheduledStep, check_any_route, steward_schedule};
pub(super) use update::CollateralUpdate;
