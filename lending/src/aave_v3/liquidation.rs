//! Liquidations, exact to the last unit. Source: `LiquidationLogic.executeLiquidationCall`.

mod call;
mod error;
mod exchange;
mod execute;
mod limits;
mod settlement;

pub use call::{Deficit, Liquidation, LiquidationCall, Payout};
pub use error::LiquidationError;
