//! Conversion of token amounts.

/// An exact amount in smallest units as tokens.
#[must_use]
pub fn to_tokens(exact: i128, decimals: u32) -> f64 {
    exact as f64 / 10_f64.powi(decimals.try_into().unwrap_or(i32::MAX))
}
