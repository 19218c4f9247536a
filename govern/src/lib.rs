//! Mechanics and forecasts into stress figures and proposals.
//!
//! So far: what a fall of prices would liquidate, as a function of the fall.

mod sensitivity;

pub use sensitivity::{Sensitivity, sensitivity};
