//! Property tests over arbitrary accounts, rates and motions.

#![allow(clippy::unwrap_used, reason = "a failed precondition fails the test")]

mod arbitrary;
mod interest;
mod liquidation;
mod maker;
mod market_depth;
mod morpho_blue;
mod normal;
mod position;
mod price_risk;
