//! Checked arithmetic of unsigned 256-bit integers, as in Solidity.

use ruint::aliases::U256;

use super::error::ArithmeticError;

/// Rounding of a quotient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    Down,
    /// To the nearest, ties upwards.
    HalfUp,
    Up,
}

/// `a b / c`; the product must fit in 256 bits, as in Solidity.
pub(crate) fn mul_div(
    a: U256,
    b: U256,
    c: U256,
    rounding: Rounding,
) -> Result<U256, ArithmeticError> {
    let added = match rounding {
        Rounding::Down => U256::ZERO,
        Rounding::HalfUp => c >> 1_usize,
        Rounding::Up => c.saturating_sub(U256::ONE),
    };
    div(add(mul(a, b)?, added)?, c)
}

pub(crate) fn add(a: U256, b: U256) -> Result<U256, ArithmeticError> {
    a.checked_add(b).ok_or(ArithmeticError::Overflow)
}

pub(crate) fn sub(a: U256, b: U256) -> Result<U256, ArithmeticError> {
    a.checked_sub(b).ok_or(ArithmeticError::Underflow)
}

pub(crate) fn mul(a: U256, b: U256) -> Result<U256, ArithmeticError> {
    a.checked_mul(b).ok_or(ArithmeticError::Overflow)
}

pub(crate) fn div(a: U256, b: U256) -> Result<U256, ArithmeticError> {
    a.checked_div(b).ok_or(ArithmeticError::DivisionByZero)
}

/// `10^exponent`.
pub(crate) fn pow10(exponent: u8) -> Result<U256, ArithmeticError> {
    U256::from(10).checked_pow(U256::from(exponent)).ok_or(ArithmeticError::Overflow)
}

/// A constant integer.
pub(crate) const fn uint(value: u128) -> U256 {
    U256::from_limbs([value as u64, (value >> 64) as u64, 0, 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounded_quotients(a: u64, b: u64, c: u64) -> [u64; 3] {
        let round = |rounding| mul_div(U256::from(a), U256::from(b), U256::from(c), rounding);
        [Rounding::Down, Rounding::HalfUp, Rounding::Up].map(|each| round(each).unwrap().to())
    }

    #[test]
    fn quotients_are_rounded_three_ways() {
        assert_eq!(rounded_quotients(7, 1, 4), [1, 2, 2]);
        assert_eq!(rounded_quotients(6, 1, 4), [1, 2, 2]);
        assert_eq!(rounded_quotients(5, 1, 4), [1, 1, 2]);
        assert_eq!(rounded_quotients(8, 1, 4), [2, 2, 2]);
        // Half of an odd divisor is rounded down, so 3 / 7 rounds to 0.
        assert_eq!(rounded_quotients(3, 1, 7), [0, 0, 1]);
    }

    #[test]
    fn overflow_and_division_by_zero_are_rejected() {
        let product = mul_div(U256::MAX, U256::from(2), U256::from(2), Rounding::Down);
        assert_eq!(product, Err(ArithmeticError::Overflow));
        let rounded = mul_div(U256::MAX, U256::ONE, U256::from(2), Rounding::Up);
        assert_eq!(rounded, Err(ArithmeticError::Overflow));
        let none = mul_div(U256::ONE, U256::ONE, U256::ZERO, Rounding::Up);
        assert_eq!(none, Err(ArithmeticError::DivisionByZero));
        assert_eq!(sub(U256::ZERO, U256::ONE), Err(ArithmeticError::Underflow));
        assert!(pow10(77).is_ok() && pow10(78).is_err());
    }
}
