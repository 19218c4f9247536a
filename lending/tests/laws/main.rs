//! Property tests over arbitrary accounts, rates and motions.

#![allow(clippy::unwrap_used, reason = "what a test leans on may fail it")]

mod arbitrary;
mod close_factor;
mod first_passage;
mod health;
mod impact_curve;
mod liquidation;
mod liquidation_price;
mod maker;
mod morpho_blue;
mod normal;
mod portfolio;
mod rate_index;
mod rescue;
mod toxic_spiral;
mod two_step_liquidation;
