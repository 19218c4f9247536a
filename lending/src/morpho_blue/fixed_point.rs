//! Fixed-point arithmetic of Morpho Blue. Source: `MathLib`, `UtilsLib`.

use ruint::aliases::U256;

use crate::error::ArithmeticError;
use crate::integers::{Rounding, mul_div, uint};

/// One in 18 digits.
pub(super) const WAD: U256 = uint(1_000_000_000_000_000_000);

/// `wMulDown`.
pub(super) fn w_mul_down(x: U256, y: U256) -> Result<U256, ArithmeticError> {
    mul_div(x, y, WAD, Rounding::Down)
}

/// `wDivDown`.
pub(super) fn w_div_down(x: U256, y: U256) -> Result<U256, ArithmeticError> {
    mul_div(x, WAD, y, Rounding::Down)
}

/// `wDivUp`.
pub(super) fn w_div_up(x: U256, y: U256) -> Result<U256, ArithmeticError> {
    mul_div(x, WAD, y, Rounding::Up)
}

/// `toUint128`: checks that a number fits in 128 bits.
pub(super) fn to_uint128(x: U256) -> Result<U256, ArithmeticError> {
    if x.bit_len() <= 128 { Ok(x) } else { Err(ArithmeticError::Overflow) }
}
