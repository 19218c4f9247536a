//! Gradient-boosted trees on histograms: small, seeded, monotone where asked.
//!
//! Friedman (2001), Annals of Statistics 29(5), with the second-order gains and the treatment of
//! unknown values of Chen and Guestrin (2016), KDD. A forest has the same bits on any number of
//! threads: each histogram is summed by one thread, in order.

mod bins;
mod forest;
mod grow;
mod histogram;
mod options;
mod split;
mod target;
mod tree;

pub use forest::{Forest, Validation};
pub use options::{Monotone, TreeOptions};
pub use target::Target;
