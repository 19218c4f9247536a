//! Liquidations in floats, and their economics.

mod collateral_sale;
mod full_seizure;
mod liquidate;
mod liquidator_margin;
mod toxic_spiral;
mod two_step;

pub use collateral_sale::{CollateralSale, SaleCost};
pub use full_seizure::FullSeizure;
pub use liquidate::{Liquidation, LiquidationPair, liquidate};
pub use liquidator_margin::LiquidatorMargin;
pub use toxic_spiral::{liquidation_lowers_ltv, liquidity_penalty, toxic_loan_to_value};
pub use two_step::{LiquidatableLoan, TwoStepRepayment};
