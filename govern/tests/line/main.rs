//! The line on real and simulated markets.

mod coverage;
mod future;
mod lake;
mod next_day;
mod reference;
