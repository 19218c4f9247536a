//! Lending mechanics: accounts, reserves, health, interest and first passage; pure, no I/O.
//!
//! The functions at the crate root compute in `f64`: amounts are in token units with accrued
//! interest, values in USD, rates and volatilities per year of 365 days, and thresholds, bonuses
//! and fees are fractions. Assets are dense indices, so prices and reserves are slices, and
//! functions called per account do not allocate. The modules [`aave_v3`], [`maker`] and
//! [`morpho_blue`] compute in the integers of the contracts, exact to the last unit.
//!
//! One vocabulary covers Aave, Maker, Morpho Blue and Compound; [`ReserveParameters`] lists each
//! protocol's own terms. An account is a position in one market under one set of reserves: a Maker
//! vault, a Morpho Blue position, an Aave user in an e-mode.
//!
//! ```
//! use plimsoll_lending::{
//!     Account, AssetId, CloseFactorRule, AssetAmount, ReserveParameters, first_passage_probability,
//!     health_factor, liquidation_price,
//! };
//!
//! const ETH: AssetId = AssetId(0);
//! const DAI: AssetId = AssetId(1);
//!
//! let rule = CloseFactorRule::default();
//! let reserves =
//!     [ReserveParameters::new(0.80, 0.825, 0.05, rule)?, ReserveParameters::borrow_only(rule)];
//! let prices = [2_000.0, 1.0];
//! let account =
//!     Account::new(vec![AssetAmount::new(ETH, 10.0)], vec![AssetAmount::new(DAI, 15_000.0)]);
//!
//! let health = health_factor(&account, &prices, &reserves);
//! assert_eq!(health, 1.1);
//!
//! let price = liquidation_price(&account, &prices, &reserves, ETH).expect("it has debt");
//! assert!((price - 1_818.18).abs() < 0.01);
//!
//! // Within a week, at a volatility of 80 % a year and no drift.
//! let probability = first_passage_probability(health.ln(), 0.80, 0.0, 7.0 / 365.0);
//! assert!((probability - 0.4083).abs() < 5e-5);
//! # Ok::<(), plimsoll_lending::LendingError>(())
//! ```

pub mod aave_v3;
pub mod maker;
pub mod morpho_blue;

mod account;
mod asset;
mod close_factor;
mod concentrated_liquidity;
mod error;
mod first_passage;
mod full_seizure;
mod health;
mod impact_curve;
mod integers;
mod interest;
mod liquidation;
mod liquidation_price;
mod liquidator_margin;
mod nelder_mead;
mod portfolio;
mod rate_index;
mod rescue;
mod reserve;
mod safety_buffer;
mod toxic_spiral;
mod two_step_liquidation;

pub use account::{Account, AssetAmount};
pub use asset::{AssetId, Prices};
pub use close_factor::{AaveV3CloseFactor, CloseFactorInput, CloseFactorRule};
pub use concentrated_liquidity::{
    ConcentratedPool, MAX_TICK, MIN_TICK, PoolPrice, PoolToken, SwapQuote, sqrt_price_at_tick,
};
pub use error::{ArithmeticError, LendingError};
pub use first_passage::{conditional_first_passage, first_passage_probability};
pub use full_seizure::FullSeizure;
pub use health::{borrow_capacity_usd, health_factor, liquidation_capacity_usd, loan_to_value};
pub use impact_curve::{ImpactCurve, ImpactQuote};
pub use interest::{
    SECONDS_PER_YEAR, balance, compounded_growth, effective_annual_rate, linear_growth,
    scaled_balance,
};
pub use liquidation::{Liquidation, LiquidationPair, liquidate};
pub use liquidation_price::liquidation_price;
pub use liquidator_margin::LiquidatorMargin;
pub use portfolio::{portfolio_volatility, signed_weights};
pub use rate_index::RateIndex;
pub use rescue::{add_collateral_to_reach, repay_to_reach};
pub use reserve::ReserveParameters;
pub use safety_buffer::{safety_buffer, safety_buffer_sigmas};
pub use toxic_spiral::{liquidation_lowers_ltv, liquidity_penalty, toxic_loan_to_value};
pub use two_step_liquidation::{LiquidatableLoan, TwoStepRepayment};
