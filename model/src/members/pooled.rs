//! Pooled members: boosted trees of the probability of liquidation at every horizon at once.
//!
//! The horizon is an input, so that all horizons share what they learn, and the probability is
//! constrained to rise with it. Risk is constrained to fall as the position gets healthier, along
//! scaling down all debts and along adding collateral; no other input changes along these.

pub(crate) mod curve;
pub(crate) mod fit;
pub(crate) mod inputs;
mod levels;
pub(crate) mod member;
mod person_horizons;
mod regularisation;

pub(crate) use inputs::PooledInputs;
pub(crate) use member::{PooledMember, PooledRow};
pub(crate) use person_horizons::PooledData;
pub(crate) use regularisation::{count_episodes, count_weeks_with_events};
