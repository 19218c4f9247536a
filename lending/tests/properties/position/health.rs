//! Properties of the health factor.

use plimsoll_lending::{health_factor, loan_to_value, safety_buffer};
use proptest::prelude::*;

use crate::arbitrary::{Market, fixed_seed, market};

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn the_unit_of_account_does_not_matter(market in market(), unit in 0.01..100.0_f64) {
        let Market { account, prices, reserves } = market;
        let rescaled: Vec<f64> = prices.iter().map(|price| price * unit).collect();
        let health = health_factor(&account, &prices, &reserves);
        prop_assert!((health_factor(&account, &rescaled, &reserves) / health - 1.0).abs() < 1e-13);
    }

    #[test]
    fn collateral_that_falls_by_the_buffer_is_at_the_threshold(market in market()) {
        let Market { mut account, prices, reserves } = market;
        let buffer = safety_buffer(health_factor(&account, &prices, &reserves));
        account.collateral.iter_mut().for_each(|held| held.amount *= 1.0 - buffer);
        prop_assert!((health_factor(&account, &prices, &reserves) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn health_times_loan_to_value_is_the_mean_threshold(market in market()) {
        let Market { account, prices, reserves } = market;
        let mean = health_factor(&account, &prices, &reserves) * loan_to_value(&account, &prices);
        prop_assert!((0.3 - 1e-12..=0.95 + 1e-12).contains(&mean));
    }
}
