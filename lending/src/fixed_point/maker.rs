//! Fixed-point arithmetic of Maker. Source: the `Math` sections of `Clipper`, `Dog` and the abaci.

use ruint::aliases::U256;

use super::checked::{Rounding, div, mul_div};
pub(crate) use super::decimals::{RAY, WAD};
use super::error::ArithmeticError;

/// `wmul`.
pub(crate) fn w_mul(x: U256, y: U256) -> Result<U256, ArithmeticError> {
    mul_div(x, y, WAD, Rounding::Down)
}

/// `rmul`.
pub(crate) fn r_mul(x: U256, y: U256) -> Result<U256, ArithmeticError> {
    mul_div(x, y, RAY, Rounding::Down)
}

/// `rdiv`.
pub(crate) fn r_div(x: U256, y: U256) -> Result<U256, ArithmeticError> {
    mul_div(x, RAY, y, Rounding::Down)
}

/// `rpow`: `x^n` by squaring, each product rounded half up.
pub(crate) fn r_pow(mut x: U256, mut n: u64) -> Result<U256, ArithmeticError> {
    let mut z = if n % 2 == 1 { x } else { RAY };
    n /= 2;
    while n > 0 {
        x = mul_div(x, x, RAY, Rounding::HalfUp)?;
        if n % 2 == 1 {
            z = mul_div(z, x, RAY, Rounding::HalfUp)?;
        }
        n /= 2;
    }
    Ok(z)
}

/// The fraction `part / whole` in ray, as `LinearDecrease` computes it.
pub(crate) fn ray_fraction(part: u64, whole: u64) -> Result<U256, ArithmeticError> {
    div(U256::from(part) * RAY, U256::from(whole))
}
