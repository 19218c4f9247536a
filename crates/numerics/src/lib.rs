//! Special functions of one variable: the normal distribution, and the logistic function.
//!
//! No dependencies, no state; every function is deterministic to the last bit on one platform.

mod logistic;
mod normal;

pub use logistic::{logistic, logit, softplus};
pub use normal::{gaussian, normal_cdf, scaled_erfc};
