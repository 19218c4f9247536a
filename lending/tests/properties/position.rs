//! Properties of positions.

mod close_factor;
mod health;
mod liquidation_price;
mod rescue;
