//! Rules of risk stewards: which changes they accept, in which steps and when.

mod consistency;
#[cfg(test)]
pub(super) mod fixtures;
mod limits;
mod refusal;
mod reserve;
mod schedule;
mod update;

pub use consistency::{InconsistentParameters, check_consistency};
pub use limits::{LastChange, Limit, StewardLimits};
pub use refusal::Refusal;
pub use reserve::ReserveState;
pub(super) use schedule::check_any_route;
pub use schedule::{ScheduledStep, steward_schedule};
pub use update::CollateralUpdate;
