//! Accounts, reserves, and the measures of one account at given prices.

mod account;
mod asset;
mod close_factor;
mod health;
mod liquidation_price;
mod rescue;
mod reserve;

pub use account::{Account, AssetAmount};
pub use asset::{AssetId, Prices};
pub use close_factor::{AaveV3CloseFactor, CloseFactorInput, CloseFactorRule};
pub use health::{borrow_capacity_usd, health_factor, liquidation_capacity_usd, loan_to_value};
pub use liquidation_price::liquidation_price;
pub use rescue::{add_collateral_to_reach, repay_to_reach};
pub use reserve::ReserveParameters;
