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
//!     Account, AssetAmount, AssetId, CloseFactorRule, ReserveParameters, first_passage_probability,
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

mod error;
mod fixed_point;
mod interest;
mod liquidation;
mod market_depth;
mod position;
mod price_risk;

pub use error::LendingError;
pub use fixed_point::ArithmeticError;
pub use interest::{
    RateIndex, SECONDS_PER_YEAR, balance, compounded_growth, effective_annual_rate, linear_growth,
    scaled_balance,
};
pub use liquidation::{
    CollateralSale, FullSeizure, LiquidatableLoan, Liquidation, LiquidationPair, LiquidatorMargin,
    SaleCost, TwoStepRepayment, liquidate, liquidation_lowers_ltv, liquidity_penalty,
    toxic_loan_to_value,
};
pub use market_depth::{
    ConcentratedPool, ImpactCurve, ImpactQuote, MAX_TICK, MIN_TICK, PoolPrice, PoolToken,
    SwapQuote, sqrt_price_at_tick,
};
pub use position::{
    AaveV3CloseFactor, Account, AssetAmount, AssetId, CloseFactorInput, CloseFactorRule, Prices,
    ReserveParameters, add_collateral_to_reach, borrow_capacity_usd, health_factor,
    liquidation_capacity_usd, liquidation_price, loan_to_value, repay_to_reach,
};
pub use price_risk::{
    conditional_first_passage, first_passage_probability, portfolio_volatility, safety_buffer,
    safety_buffer_sigmas, signed_weights,
};
