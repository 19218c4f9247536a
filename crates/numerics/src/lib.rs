//! Special functions shared by every crate: the normal distribution and its tails.

mod normal;

pub use normal::{gaussian, normal_cdf, scaled_erfc};
