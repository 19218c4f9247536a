//! Fractions as contracts store them.

/// Basis points in one.
pub(crate) const BPS_PER_ONE: f64 = 1e4;
