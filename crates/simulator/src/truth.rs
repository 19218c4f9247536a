//! True probabilities of the accounts at a landmark, from simulated futures.

mod futures;
mod landmark;
mod smoothing;

pub use futures::{SimulatedOutcome, TrueIncidence};
pub use landmark::{AccountSnapshot, Landmark};
