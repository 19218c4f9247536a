//! Accounts that are liquidatable now, and whether a liquidator takes an account at all.

pub(crate) mod below_threshold;
pub(crate) mod monotone_response;
pub(crate) mod position_state;
