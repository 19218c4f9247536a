//! Arbitrary accounts, prices and reserves.

use plimsoll_lending::{Account, AssetAmount, AssetId, CloseFactorRule, ReserveParameters};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

pub(crate) const ASSETS: u32 = 4;

#[derive(Clone, Debug)]
pub(crate) struct Market {
    pub(crate) account: Account,
    pub(crate) prices: Vec<f64>,
    pub(crate) reserves: Vec<ReserveParameters>,
}

/// The same cases on every run, and nothing written to disk.
pub(crate) fn fixed_seed() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1_875),
        ..ProptestConfig::default()
    }
}

pub(crate) fn asset() -> impl Strategy<Value = AssetId> {
    (0..ASSETS).prop_map(AssetId)
}

/// An account with collateral and debt, often in the same assets.
pub(crate) fn market() -> impl Strategy<Value = Market> {
    let log_prices = vec(-5.0..10.0_f64, ASSETS as usize);
    let thresholds = vec(0.3..0.95_f64, ASSETS as usize);
    (log_prices, thresholds, values_usd(), values_usd()).prop_map(
        |(log_prices, thresholds, collateral, debt)| {
            let prices: Vec<f64> = log_prices.into_iter().map(f64::exp).collect();
            let reserves = thresholds.into_iter().map(reserve).collect();
            let account =
                Account::new(asset_amounts(&collateral, &prices), asset_amounts(&debt, &prices));
            Market { account, prices, reserves }
        },
    )
}

fn values_usd() -> impl Strategy<Value = Vec<(AssetId, f64)>> {
    vec((asset(), 1.0..1e6_f64), 1..4)
}

fn asset_amounts(values_usd: &[(AssetId, f64)], prices: &[f64]) -> Vec<AssetAmount> {
    let amount = |asset: AssetId, usd: f64| AssetAmount::new(asset, usd / prices[asset.index()]);
    values_usd.iter().map(|&(asset, usd)| amount(asset, usd)).collect()
}

fn reserve(threshold: f64) -> ReserveParameters {
    ReserveParameters::new(0.9 * threshold, threshold, 0.05, CloseFactorRule::Full)
        .expect("a threshold below 1 is valid")
}
