//! The logistic function and its inverse.

/// `1 / (1 + exp(-x))`: the probability with log odds `x`.
///
/// ```
/// use plimsoll_numerics::{logistic, logit};
///
/// assert_eq!(logistic(0.0), 0.5);
/// assert!((logit(logistic(-3.0)) + 3.0).abs() < 1e-12);
/// ```
#[must_use]
#[inline]
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln(p / (1 - p))`: the log odds of a probability; infinite at 0 and 1.
#[must_use]
#[inline]
pub fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// `ln(1 + exp(x))`, which neither overflows nor loses digits.
#[must_use]
#[inline]
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
