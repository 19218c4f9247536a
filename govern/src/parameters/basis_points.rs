//! Basis points.

/// Basis points in one.
pub(crate) const BPS_PER_ONE: f64 = 10_000.0;
/// 100 % in basis points.
pub(crate) const WHOLE_BPS: u32 = 10_000;
/// Upper limit of liquidation threshold times one plus the bonus, both in basis points: up to it,
/// collateral at the threshold covers debt and bonus. Contracts round half up and so accept slightly
/// more.
pub(crate) const MAX_PRODUCT: u32 = WHOLE_BPS * WHOLE_BPS;

/// A fraction in whole basis points, rounded down.
pub(crate) fn floor_bps(fraction: f64) -> u16 {
    (fraction.clamp(0.0, 1.0) * BPS_PER_ONE + 1e-6).floor() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_rounded_down() {
        assert_eq!((floor_bps(0.7), floor_bps(0.699_99)), (7_000, 6_999));
    }
}
