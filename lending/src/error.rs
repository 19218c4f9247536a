//! What can be wrong with a parameter, a target or a series of rates.

use thiserror::Error;

/// A refusal that names the value at fault and the limit it broke.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum LendingError {
    /// A parameter lies outside its closed range, or is not a number.
    #[error("{parameter} is {value}, outside {lower} to {upper}")]
    OutOfRange {
        /// Name of the parameter.
        parameter: &'static str,
        /// Value given.
        value: f64,
        /// Least value allowed.
        lower: f64,
        /// Greatest value allowed.
        upper: f64,
    },
    /// A quantity that must be positive and finite is not.
    #[error("{quantity} is {value}, but must be positive and finite")]
    NotPositive {
        /// Name of the quantity.
        quantity: &'static str,
        /// Value given.
        value: f64,
    },
    /// Borrowing would be allowed past the threshold of liquidation.
    #[error("max_ltv {max_ltv} exceeds liquidation_threshold {liquidation_threshold}")]
    LtvAboveThreshold {
        /// Greatest loan-to-value when borrowing, a fraction.
        max_ltv: f64,
        /// Loan-to-value of liquidation, a fraction.
        liquidation_threshold: f64,
    },
    /// At the threshold, repaying the debt takes more collateral than there is.
    #[error(
        "liquidation_threshold {liquidation_threshold} x (1 + liquidation_bonus \
         {liquidation_bonus}) exceeds 1"
    )]
    InsolventAtThreshold {
        /// Loan-to-value of liquidation, a fraction.
        liquidation_threshold: f64,
        /// Bonus to the liquidator, a fraction.
        liquidation_bonus: f64,
    },
    /// Repaying the whole debt in one asset does not lift the health factor to the target.
    #[error(
        "repaying all {owed} owed of asset {asset} lifts the health factor to {reached} only, \
         below the target {target}"
    )]
    RepaymentTooSmall {
        /// Dense index of the debt asset.
        asset: u32,
        /// Debt in that asset, token units.
        owed: f64,
        /// Health factor once it is repaid.
        reached: f64,
        /// Health factor asked for.
        target: f64,
    },
    /// An asset with liquidation threshold 0 lifts no health factor.
    #[error("asset {asset} has liquidation threshold 0, so adding it lifts no health factor")]
    NotCollateral {
        /// Dense index of the asset.
        asset: u32,
    },
    /// A rate change is dated before the one that precedes it.
    #[error("rate change at {time_s} s is listed after one at {previous_s} s")]
    UnorderedRates {
        /// Time of the change before, Unix seconds.
        previous_s: i64,
        /// Time of the change at fault, Unix seconds.
        time_s: i64,
    },
}

/// What Solidity's checked arithmetic refuses, and a contract therefore reverts at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ArithmeticError {
    /// A sum or a product above 256 bits.
    #[error("a number exceeds 256 bits")]
    Overflow,
    /// A difference below 0.
    #[error("a difference is below 0")]
    Underflow,
    /// A division by 0.
    #[error("a divisor is 0")]
    DivisionByZero,
}

pub(crate) fn check_range(
    parameter: &'static str,
    value: f64,
    lower: f64,
    upper: f64,
) -> Result<(), LendingError> {
    if (lower..=upper).contains(&value) {
        Ok(())
    } else {
        Err(LendingError::OutOfRange { parameter, value, lower, upper })
    }
}

pub(crate) fn check_positive(quantity: &'static str, value: f64) -> Result<(), LendingError> {
    if value > 0.0 && value.is_finite() {
        Ok(())
    } else {
        Err(LendingError::NotPositive { quantity, value })
    }
}
