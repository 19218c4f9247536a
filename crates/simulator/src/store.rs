//! Simulated markets in a lake: writing, reading and verification.

mod stored_markets;
mod summary;
mod writer;

pub use summary::{SimulationSummary, WrittenCounts};
pub use writer::simulate;
