//! Properties of liquidations.

mod contract_agreement;
mod toxic_spiral;
mod two_step;
