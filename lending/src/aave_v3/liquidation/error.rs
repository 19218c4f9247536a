//! Reasons for a liquidation to revert.

use ruint::aliases::U256;
use thiserror::Error;

use crate::fixed_point::ArithmeticError;

/// Reasons for `LiquidationLogic` and the tokens to revert.
///
/// Checks that do not depend on amounts are omitted: paused or inactive reserves, the sequencer's
/// sentinel, grace periods and self-liquidation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LiquidationError {
    /// Overflow, underflow or division by 0.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// `HealthFactorNotBelowThreshold`.
    #[error("health factor {health_factor_wad} is not below 1000000000000000000")]
    HealthFactorNotBelowThreshold {
        /// Health factor in wad.
        health_factor_wad: U256,
    },
    /// `CollateralCannotBeLiquidated`.
    #[error("position {position} does not count as collateral")]
    CollateralCannotBeLiquidated {
        /// Index of the position.
        position: usize,
    },
    /// `SpecifiedCurrencyNotBorrowedByUser`.
    #[error("nothing is owed in position {position}")]
    SpecifiedCurrencyNotBorrowed {
        /// Index of the position.
        position: usize,
    },
    /// `MustNotLeaveDust`.
    #[error(
        "debt worth {debt_left_base} and collateral worth {collateral_left_base} would be left, \
         each must be 0 or at least 100000000000"
    )]
    MustNotLeaveDust {
        /// Remaining debt in the asset, base currency.
        debt_left_base: U256,
        /// Remaining collateral, base currency.
        collateral_left_base: U256,
    },
    /// `InvalidBurnAmount`: the scaled amount is 0.
    #[error("an amount of {amount} is too small to burn")]
    InvalidBurnAmount {
        /// Amount, smallest units.
        amount: U256,
    },
}
