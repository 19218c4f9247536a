//! Properties of the rate index.

use plimsoll_lending::{RateIndex, compounded_growth};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::arbitrary::fixed_seed;

const YEAR_S: i64 = 31_536_000;

fn changes() -> impl Strategy<Value = Vec<(i64, f64)>> {
    vec((0..4 * YEAR_S, -0.05..0.5_f64), 1..30).prop_map(|mut changes| {
        changes.sort_by_key(|(time_s, _)| *time_s);
        changes
    })
}

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn the_index_is_the_product_of_its_steps(changes in changes(), at_s in 0..6 * YEAR_S) {
        let ends = changes.iter().skip(1).map(|(time_s, _)| *time_s).chain([i64::MAX]);
        let product: f64 = changes
            .iter()
            .zip(ends)
            .map(|((start_s, rate), end_s)| {
                compounded_growth(*rate, (end_s.min(at_s) - start_s).max(0))
            })
            .product();
        let index = RateIndex::new(changes).unwrap();
        prop_assert!((index.index_at(at_s) / product - 1.0).abs() < 1e-13);
    }

    #[test]
    fn growth_over_two_spans_multiplies(changes in changes(), times in [-YEAR_S..6 * YEAR_S, -YEAR_S..6 * YEAR_S, -YEAR_S..6 * YEAR_S]) {
        let index = RateIndex::new(changes).unwrap();
        let [from, middle, to] = times;
        let split = index.growth_between(from, middle) * index.growth_between(middle, to);
        prop_assert!((split / index.growth_between(from, to) - 1.0).abs() < 1e-13);
    }
}
