//! Fixed-point arithmetic of Morpho Blue. Source: `MathLib`, `UtilsLib`.

use ruint::aliases::U256;

use super::checked::{Rounding, mul_div};
pub(crate) use super::decimals::WAD;
use super::error::ArithmeticError;

/// `wMulDown`.
pub(crate) fn w_mul_down(x: U256, y: U256) -> Result<U256, ArithmeticError> {
    mul_div(x, y, WAD, Rounding::Down)
}

/// `wDivDown`.
pub(crate) fn w_div_down(x: U256, y: U256) -> Result<U256, ArithmeticError> {
    mul_div(x, WAD, y, Rounding::Down)
}

/// `wDivUp`.
pub(crate) fn w_div_up(x: U256, y: U256) -> Result<U256, ArithmeticError> {
    mul_div(x, WAD, y, Rounding::Up)
}

/// `toUint128`: checks that a number fits in 128 bits.
pub(crate) fn to_uint128(x: U256) -> Result<U256, ArithmeticError> {
    if x.bit_len() <= 128 { Ok(x) } else { Err(ArithmeticError::Overflow) }
}
