//! Exact amounts in columns.

use alloy_primitives::{I256, U256};

use super::error::DecodeError;

/// The largest integer of a column of exact amounts: 38 digits.
const MAX_EXACT_AMOUNT: u128 = 10_u128.pow(38) - 1;

/// An amount for a column.
pub(crate) fn exact_amount(amount: U256) -> Result<i128, DecodeError> {
    let small = u128::try_from(amount).ok().filter(|amount| *amount <= MAX_EXACT_AMOUNT);
    let small = small.and_then(|amount| i128::try_from(amount).ok());
    small.ok_or_else(|| DecodeError::value(format!("{amount} has more than 38 digits")))
}

/// A signed amount for a column.
pub(crate) fn exact_signed_amount(amount: I256) -> Result<i128, DecodeError> {
    let magnitude = exact_amount(amount.unsigned_abs())?;
    Ok(if amount.is_negative() { -magnitude } else { magnitude })
}
