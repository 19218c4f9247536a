//! Properties of liquidations.

mod collateral_sale;
mod contract_agreement;
mod toxic_spiral;
mod two_step;
