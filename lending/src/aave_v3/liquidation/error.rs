//! Why a liquidation reverts.

use ruint::aliases::U256;
use thiserror::Error;

use crate::error::ArithmeticError;

/// What `LiquidationLogic` and the tokens revert at.
///
/// Paused or inactive reserves, the sequencer's sentinel, grace periods and liquidators who would
/// liquidate themselves are no matter of amounts and are not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LiquidationError {
    /// A number does not fit, or more is taken than there is.
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
        /// Place of the collateral among the positions.
        position: usize,
    },
    /// `SpecifiedCurrencyNotBorrowedByUser`.
    #[error("nothing is owed in position {position}")]
    SpecifiedCurrencyNotBorrowed {
        /// Place of the debt among the positions.
        position: usize,
    },
    /// `MustNotLeaveDust`.
    #[error(
        "debt worth {debt_left_base} and collateral worth {collateral_left_base} would be left, \
         each must be 0 or at least 100000000000"
    )]
    MustNotLeaveDust {
        /// What would still be owed in the asset, base currency.
        debt_left_base: U256,
        /// What would be left of the collateral, base currency.
        collateral_left_base: U256,
    },
    /// `InvalidBurnAmount`: an amount so small that its scaled amount is 0.
    #[error("an amount of {amount} is too small to burn")]
    InvalidBurnAmount {
        /// Amount, smallest units.
        amount: U256,
    },
}
