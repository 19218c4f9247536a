//! Properties of portfolio weights and volatility.

use plimsoll_lending::{health_factor, portfolio_volatility, signed_weights};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::arbitrary::{ASSETS, Market, asset, fixed_seed, market};

const N: usize = ASSETS as usize;

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn weights_of_an_account_with_both_sides_sum_to_zero(market in market()) {
        let Market { account, prices, reserves } = market;
        let mut weights = [f64::NAN; N];
        signed_weights(&account, &prices, &reserves, &mut weights);
        prop_assert!(weights.iter().sum::<f64>().abs() < 1e-14);
    }

    #[test]
    fn weight_is_the_sensitivity_of_log_health_to_a_log_price(
        market in market(),
        asset in asset(),
    ) {
        const STEP: f64 = 1e-5;
        let Market { account, prices, reserves } = market;
        let mut weights = [f64::NAN; N];
        signed_weights(&account, &prices, &reserves, &mut weights);
        let moved = |by: f64| {
            let mut prices = prices.clone();
            prices[asset.index()] *= by.exp();
            health_factor(&account, &prices, &reserves).ln()
        };
        let slope = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
        prop_assert!((slope - weights[asset.index()]).abs() < 1e-9);
    }

    #[test]
    fn volatility_is_the_length_of_the_factor_loadings(
        weights in vec(-1.0..1.0_f64, N),
        factors in vec(-1.0..1.0_f64, N * N),
    ) {
        let row = |i: usize| &factors[i * N..(i + 1) * N];
        let dot = |i: usize, j: usize| row(i).iter().zip(row(j)).map(|(x, y)| x * y).sum::<f64>();
        let covariance: Vec<f64> = (0..N * N).map(|k| dot(k / N, k % N)).collect();
        let loading = |f: usize| (0..N).map(|i| weights[i] * row(i)[f]).sum::<f64>();
        let length = (0..N).map(|f| loading(f).powi(2)).sum::<f64>().sqrt();
        prop_assert!((portfolio_volatility(&weights, &covariance) - length).abs() < 1e-7);
    }
}
