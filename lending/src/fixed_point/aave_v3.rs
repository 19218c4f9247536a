//! Fixed-point arithmetic of Aave v3: percentages in basis points, wad and ray. Source:
//! `PercentageMath`, `WadRayMath`.

use ruint::aliases::U256;

use super::checked::{Rounding, mul_div, uint};
pub(crate) use super::decimals::{RAY, WAD};
use super::error::ArithmeticError;

/// `PERCENTAGE_FACTOR`: 100 % in basis points.
pub(crate) const PERCENTAGE_FACTOR: U256 = uint(10_000);

/// `percentMul`, rounded half up.
pub(crate) fn percent_mul(value: U256, bps: U256) -> Result<U256, ArithmeticError> {
    mul_div(value, bps, PERCENTAGE_FACTOR, Rounding::HalfUp)
}

/// `percentDiv` (half up) or `percentDivCeil`.
pub(crate) fn percent_div(
    value: U256,
    bps: U256,
    rounding: Rounding,
) -> Result<U256, ArithmeticError> {
    mul_div(value, PERCENTAGE_FACTOR, bps, rounding)
}

/// `rayMul`, `rayMulFloor`, `rayMulCeil`.
pub(crate) fn ray_mul(a: U256, b: U256, rounding: Rounding) -> Result<U256, ArithmeticError> {
    mul_div(a, b, RAY, rounding)
}

/// `rayDiv`, `rayDivFloor`, `rayDivCeil`.
pub(crate) fn ray_div(a: U256, b: U256, rounding: Rounding) -> Result<U256, ArithmeticError> {
    mul_div(a, RAY, b, rounding)
}

/// `wadDiv`, rounded half up.
pub(crate) fn wad_div(a: U256, b: U256) -> Result<U256, ArithmeticError> {
    mul_div(a, WAD, b, Rounding::HalfUp)
}
