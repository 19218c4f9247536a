//! Aave v3 in its contracts' own integers: percentages in basis points, base currency with 8
//! decimals, health factors in wad, indexes in ray.
//!
//! For a simulation that needs the course of a liquidation and not its last unit there is
//! [`liquidate`](crate::liquidate).

mod account_data;
mod borrower;
mod collateral_rules;
mod interest;
mod liquidation;
mod percentage_math;
mod release;
mod scaled_balance;
mod wad_ray_math;

pub use account_data::AccountData;
pub use borrower::{Borrower, EMode, Position, Reserve};
pub use collateral_rules::{CollateralParametersBps, CollateralRuleError};
pub use interest::{normalized_debt, normalized_income};
pub use liquidation::{Deficit, Liquidation, LiquidationCall, LiquidationError, Payout};
pub use release::Release;
pub use scaled_balance::ScaledToken;
pub use wad_ray_math::RAY;
