//! Errors of parameters, targets and rate series, and checks that return them.

use thiserror::Error;

/// An invalid argument, with the value at fault and its limit.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum LendingError {
    /// A parameter lies outside its closed range or is NaN.
    #[error("{parameter} is {value}, outside {lower} to {upper}")]
    OutOfRange {
        /// Name of the parameter.
        parameter: &'static str,
        /// Value given.
        value: f64,
        /// Minimum.
        lower: f64,
        /// Maximum.
        upper: f64,
    },
    /// A quantity is not positive and finite.
    #[error("{quantity} is {value}, but must be positive and finite")]
    NotPositive {
        /// Name of the quantity.
        quantity: &'static str,
        /// Value given.
        value: f64,
    },
    /// The maximum loan-to-value exceeds the liquidation threshold.
    #[error("max_ltv {max_ltv} exceeds liquidation_threshold {liquidation_threshold}")]
    LtvAboveThreshold {
        /// Maximum loan-to-value when borrowing, a fraction.
        max_ltv: f64,
        /// Liquidation threshold, a fraction.
        liquidation_threshold: f64,
    },
    /// At the liquidation threshold, debt and bonus exceed the collateral.
    #[error(
        "liquidation_threshold {liquidation_threshold} x (1 + liquidation_bonus \
         {liquidation_bonus}) exceeds 1"
    )]
    InsolventAtThreshold {
        /// Liquidation threshold, a fraction.
        liquidation_threshold: f64,
        /// Bonus to the liquidator, a fraction.
        liquidation_bonus: f64,
    },
    /// Repaying the whole debt in one asset does not raise the health factor to the target.
    #[error(
        "repaying all {owed} owed of asset {asset} raises the health factor only to {reached}, \
         below the target {target}"
    )]
    RepaymentTooSmall {
        /// Dense index of the debt asset.
        asset: u32,
        /// Debt in that asset, token units.
        owed: f64,
        /// Health factor once it is repaid.
        reached: f64,
        /// Target health factor.
        target: f64,
    },
    /// An asset with liquidation threshold 0 cannot raise a health factor.
    #[error(
        "asset {asset} has liquidation threshold 0, so adding it does not raise the health factor"
    )]
    NotCollateral {
        /// Dense index of the asset.
        asset: u32,
    },
    /// A rate change is earlier than its predecessor.
    #[error("rate change at {time_s} s is listed after one at {previous_s} s")]
    UnorderedRates {
        /// Time of the previous change, Unix seconds.
        previous_s: i64,
        /// Time of the change, Unix seconds.
        time_s: i64,
    },
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
