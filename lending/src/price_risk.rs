//! Liquidation risk from price movements: volatility of the health factor and first passage.

mod first_passage;
mod portfolio;
mod safety_buffer;

pub use first_passage::{conditional_first_passage, first_passage_probability};
pub use portfolio::{portfolio_volatility, signed_weights};
pub use safety_buffer::{safety_buffer, safety_buffer_sigmas};
