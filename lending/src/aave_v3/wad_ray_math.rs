//! Decimals of 18 and of 27 digits. Source: `WadRayMath`.

use ruint::aliases::U256;

use crate::error::ArithmeticError;
use crate::integers::{Rounding, mul_div, uint};

/// One in 27 digits.
pub const RAY: U256 = uint(1_000_000_000_000_000_000_000_000_000);
/// One in 18 digits.
pub(super) const WAD: U256 = uint(1_000_000_000_000_000_000);

/// `rayMul`, `rayMulFloor`, `rayMulCeil`.
pub(super) fn ray_mul(a: U256, b: U256, rounding: Rounding) -> Result<U256, ArithmeticError> {
    mul_div(a, b, RAY, rounding)
}

/// `rayDiv`, `rayDivFloor`, `rayDivCeil`.
pub(super) fn ray_div(a: U256, b: U256, rounding: Rounding) -> Result<U256, ArithmeticError> {
    mul_div(a, RAY, b, rounding)
}

/// `wadDiv`: half up.
pub(super) fn wad_div(a: U256, b: U256) -> Result<U256, ArithmeticError> {
    mul_div(a, WAD, b, Rounding::HalfUp)
}
