//! Exact amounts, as columns hold them.

use alloy_primitives::{I256, U256};

use super::stream::Fault;

/// The largest integer that a column of exact amounts holds: 38 digits.
const EXACT_LIMIT: u128 = 10_u128.pow(38) - 1;

/// An amount as a column holds it.
pub(crate) fn exact(amount: U256) -> Result<i128, Fault> {
    let small = u128::try_from(amount).ok().filter(|amount| *amount <= EXACT_LIMIT);
    let small = small.and_then(|amount| i128::try_from(amount).ok());
    small.ok_or_else(|| Fault::value(format!("{amount} has more than 38 digits")))
}

/// A signed amount as a column holds it.
pub(crate) fn signed(amount: I256) -> Result<i128, Fault> {
    let magnitude = exact(amount.unsigned_abs())?;
    Ok(if amount.is_negative() { -magnitude } else { magnitude })
}
