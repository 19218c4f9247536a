//! Percentages in basis points. Source: `PercentageMath`.

use ruint::aliases::U256;

use crate::error::ArithmeticError;
use crate::integers::{Rounding, mul_div, uint};

/// `PERCENTAGE_FACTOR`: 100 % in basis points.
pub(super) const PERCENTAGE_FACTOR: U256 = uint(10_000);

/// `percentMul`, rounded half up.
pub(super) fn percent_mul(value: U256, bps: U256) -> Result<U256, ArithmeticError> {
    mul_div(value, bps, PERCENTAGE_FACTOR, Rounding::HalfUp)
}

/// `percentDiv` (half up) or `percentDivCeil`.
pub(super) fn percent_div(
    value: U256,
    bps: U256,
    rounding: Rounding,
) -> Result<U256, ArithmeticError> {
    mul_div(value, PERCENTAGE_FACTOR, bps, rounding)
}
