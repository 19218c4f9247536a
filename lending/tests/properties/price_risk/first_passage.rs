//! Properties of first passage.

use plimsoll_lending::{conditional_first_passage, first_passage_probability};
use plimsoll_numerics::normal_cdf;
use proptest::prelude::*;

use crate::arbitrary::fixed_seed;

fn motion() -> impl Strategy<Value = (f64, f64, f64)> {
    (1e-4..2.0_f64, 0.01..2.0_f64, -3.0..3.0_f64)
}

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn short_formula_holds_without_drift(
        a in 1e-4..2.0_f64,
        sigma in 0.05..2.0_f64,
        years in 1e-3..2.0_f64,
    ) {
        let s = sigma * years.sqrt();
        let short = normal_cdf((-a + s * s / 2.0) / s)
            + a.exp() * normal_cdf((-a - s * s / 2.0) / s);
        let full = first_passage_probability(a, sigma, 0.0, years);
        prop_assert!((full - short).abs() < 1e-14);
    }

    #[test]
    fn a_driftless_logarithm_obeys_the_reflection_principle(
        (a, sigma, _) in motion(),
        years in 1e-3..2.0_f64,
    ) {
        let full = first_passage_probability(a, sigma, 0.5 * sigma * sigma, years);
        let reflected = 2.0 * normal_cdf(-a / (sigma * years.sqrt()));
        prop_assert!((full - reflected).abs() <= 1e-13 * reflected + 1e-300);
    }

    #[test]
    fn probability_is_monotone_in_time(
        (a, sigma, mu) in motion(),
        years in 0.0..5.0_f64,
        more in 0.0..5.0_f64,
    ) {
        let early = first_passage_probability(a, sigma, mu, years);
        let late = first_passage_probability(a, sigma, mu, years + more);
        prop_assert!((0.0..=1.0).contains(&early) && (0.0..=1.0).contains(&late));
        prop_assert!(late >= early * (1.0 - 1e-12));
    }

    #[test]
    fn probability_is_monotone_in_health(
        (a, sigma, mu) in motion(),
        years in 1e-3..2.0_f64,
        more in 0.0..1.0_f64,
    ) {
        let near = first_passage_probability(a, sigma, mu, years);
        let far = first_passage_probability(a + more, sigma, mu, years);
        prop_assert!(far <= near * (1.0 + 1e-12));
    }

    #[test]
    fn hazards_compose_to_the_survival(
        (a, sigma, mu) in motion(),
        steps in proptest::collection::vec(1e-3..0.3_f64, 14),
    ) {
        let (mut years, mut survival) = (0.0, 1.0);
        for step in steps {
            let hazard = conditional_first_passage(a, sigma, mu, years, years + step);
            prop_assert!((0.0..=1.0).contains(&hazard));
            survival *= 1.0 - hazard;
            years += step;
        }
        let direct = 1.0 - first_passage_probability(a, sigma, mu, years);
        prop_assert!((survival - direct).abs() < 1e-13);
    }
}
