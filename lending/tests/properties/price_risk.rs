//! Properties of price risk.

mod first_passage;
mod portfolio;
