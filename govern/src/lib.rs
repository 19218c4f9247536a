//! Mechanics and forecasts into stress figures and proposals.
//!
//! So far: what a fall of prices would liquidate, as a function of the fall.

mod collateral_parameters;
mod policy;
mod sensitivity;

pub use collateral_parameters::CollateralParameters;
pub use policy::{LinePolicy, Policy, StewardPolicy};
pub use sensitivity::{Sensitivity, sensitivity};
