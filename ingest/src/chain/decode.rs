//! Shared by all decoders: errors, state, exact amounts, and the layout of rows.

pub(crate) mod basis_points;
pub(crate) mod decoder;
pub(crate) mod error;
pub(crate) mod exact_amount;
pub(crate) mod log_position;
pub(crate) mod probe;
pub(crate) mod row_builder;
pub(crate) mod state;
pub(crate) mod token;
