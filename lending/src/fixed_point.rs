//! Fixed-point arithmetic of the contracts: checked 256-bit integers, multiplication and division
//! with rounding, and each protocol's functions under the contracts' names.

pub(crate) mod aave_v3;
mod checked;
mod decimals;
mod error;
pub(crate) mod maker;
pub(crate) mod morpho_blue;

pub(crate) use checked::{Rounding, add, div, mul, mul_div, pow10, sub, uint};
pub use error::ArithmeticError;
