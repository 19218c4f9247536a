//! Morpho Blue in the integers of its contract. Source: `morpho-org/morpho-blue` 1.0.0, `Morpho`.

mod incentive;
mod interest;
mod liquidation;
mod market;

pub use incentive::{liquidation_incentive_factor, liquidation_incentive_factor_wad};
pub use interest::Accrual;
pub use liquidation::{Liquidation, LiquidationAmount, LiquidationError};
pub use market::{Market, Position};
