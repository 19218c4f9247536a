//! Observations: every open account at every landmark, with its features and its outcome.

mod account_replay;
mod action_sizes;
pub(crate) mod labels;
pub(crate) mod landmarks;
pub(crate) mod observe;
pub(crate) mod table;
