//! Errors of checked arithmetic.

use thiserror::Error;

/// An error of Solidity's checked arithmetic, at which a contract reverts.
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
