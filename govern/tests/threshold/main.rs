//! Threshold recommendations for real and simulated markets.

mod coverage;
mod future;
mod lake;
mod next_day;
mod reference;
