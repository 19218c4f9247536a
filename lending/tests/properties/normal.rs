//! Properties of the normal distribution function.

use plimsoll_numerics::normal_cdf;
use proptest::prelude::*;

use crate::arbitrary::fixed_seed;

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn cdf_is_monotone(x in -37.0..8.0_f64, step in 0.0..1.0_f64) {
        prop_assert!(normal_cdf(x + step) >= normal_cdf(x) * (1.0 - 1e-15));
    }

    // Abramowitz and Stegun 7.1.13: 2 / (y + sqrt(y^2 + 4)) < Mills' ratio at y
    // <= 2 / (y + sqrt(y^2 + 8 / pi)).
    #[test]
    fn tail_is_within_mills_ratio_bounds(y in 0.0..37.0_f64) {
        let density = (-0.5 * y * y).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let ratio = normal_cdf(-y) / density;
        let bound = |inside: f64| 2.0 / (y + (y * y + inside).sqrt());
        prop_assert!(ratio > bound(4.0) * (1.0 - 1e-12));
        prop_assert!(ratio < bound(8.0 / std::f64::consts::PI) * (1.0 + 1e-12));
    }
}
