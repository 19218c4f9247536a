//! Aave v3 in the integers of its contracts: percentages in basis points, base currency with 8
//! decimals, health factors in wad, indexes in ray.
//!
//! For simulations that do not need exact units, use [`liquidate`](crate::liquidate).

mod account_data;
mod borrower;
mod collateral_rules;
mod discounted_debt;
mod interest;
mod liquidation;
mod release;
mod scaled_balance;

pub use account_data::AccountData;
pub use borrower::{Borrower, EMode, Position, Reserve};
pub use collateral_rules::{CollateralParametersBps, CollateralRuleError};
pub use discounted_debt::DiscountedDebt;
pub use interest::{normalized_debt, normalized_income};
pub use liquidation::{Deficit, Liquidation, LiquidationCall, LiquidationError, Payout};
pub use release::Release;
pub use scaled_balance::{ScaledToken, scaled_transfer};
