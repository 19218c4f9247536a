//! A simulated lending market with known true liquidation probabilities.
//!
//! The environment generates prices, oracle updates, gas, liquidity depth and interest. Borrowers
//! of different profiles act in it, each with a random stream of its own; liquidators act where it
//! is profitable. [`simulate`] writes the rows that a chain's ingestion would have written. The
//! future depends only on the state at an hour, so a [`Landmark`] can run any number of futures:
//! the share in which an account is liquidated is its true probability.

mod asset;
mod borrower;
mod clock;
mod environment;
mod error;
mod events;
mod history;
mod random;
mod rows;
mod simulation;
mod store;
mod truth;

pub use error::SimulationError;
pub use simulation::{Scenario, Simulation};
pub use store::{SimulationSummary, WrittenCounts, simulate};
pub use truth::{AccountSnapshot, Landmark, SimulatedOutcome, TrueIncidence};
