//! Laws that hold for any account, rate or motion.

mod arbitrary;
mod basket;
mod close_factor;
mod first_passage;
mod health;
mod liquidation;
mod liquidation_price;
mod normal;
mod rate_index;
mod rescue;
mod toxic_spiral;
mod two_step_liquidation;
