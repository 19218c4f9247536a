//! Properties of impact curves.

use plimsoll_lending::ImpactCurve;
use proptest::prelude::*;

use crate::arbitrary::fixed_seed;

prop_compose! {
    fn curve()(
        log_depth in -5.0..60.0_f64,
        log_amplification in -1.0..4.0_f64,
        coefficient in prop_oneof![Just(0.0), 1e-6..2.0_f64],
        exponent in 0.05..=1.0_f64,
    ) -> ImpactCurve {
        let (depth, amplification) = (log_depth.exp(), log_amplification.exp());
        ImpactCurve::new(depth, amplification, coefficient, exponent).unwrap()
    }
}

/// Sizes as a multiple of the depth, from tiny to large.
fn size() -> impl Strategy<Value = f64> {
    (-20.0..10.0_f64).prop_map(f64::exp)
}

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn impact_and_proceeds_are_monotone_in_size(
        curve in curve(),
        size in size(),
        more in 1.0..3.0_f64,
    ) {
        let (small, large) = (size * curve.depth(), more * size * curve.depth());
        prop_assert!(curve.impact(large) >= curve.impact(small));
        prop_assert!(curve.proceeds(large) >= curve.proceeds(small) * (1.0 - 1e-12));
        prop_assert!((0.0..1.0).contains(&curve.impact(small)));
        prop_assert!(curve.proceeds(small) <= curve.depth() * (1.0 + 1e-12));
    }

    #[test]
    fn max_size_for_impact_inverts_impact(curve in curve(), impact in 1e-6..0.999_f64) {
        let size = curve.max_size_for_impact(impact);
        prop_assert!(curve.impact(size) <= impact * (1.0 + 1e-12));
        prop_assert!(curve.impact(size * (1.0 + 1e-9)) >= impact * (1.0 - 1e-9));
    }

    #[test]
    fn price_fall_is_the_slope_of_the_proceeds(curve in curve(), size in size()) {
        let size = size * curve.depth();
        let little = size * 1e-5;
        let slope = (curve.proceeds(size + little) - curve.proceeds(size - little)) / (2.0 * little);
        prop_assert!((curve.price_fall(size) - (1.0 - slope)).abs() < 1e-4);
        prop_assert!((curve.impact(size)..=1.0 + 1e-12).contains(&curve.price_fall(size)));
    }
}
