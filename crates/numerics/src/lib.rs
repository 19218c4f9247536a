//! Special functions of one variable: the normal distribution, and the logistic function; and small
//! systems of linear equations.
//!
//! No dependencies, no state; every function is deterministic to the last bit on one platform.

mod fast_logistic;
mod linear;
mod logistic;
mod normal;

pub use fast_logistic::logistic_and_complement;
pub use linear::solve_positive_definite;
pub use logistic::{logistic, logit, softplus};
pub use normal::{gaussian, normal_cdf, scaled_erfc};
