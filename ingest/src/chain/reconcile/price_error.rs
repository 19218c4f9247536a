//! The error of the lake's price series against the market's oracle.

use alloy_primitives::{Address, U256};
use plimsoll_rpc::{Client, RpcError};
use serde::Serialize;

use super::state::RebuiltMarket;
use crate::chain::adapter::aave_v3::{Oracle, Provider};
use crate::chain::error::ChainError;
use crate::chain::view_calls::{call_view, call_views};

/// Blocks at which the oracle is called.
const SAMPLED_BLOCKS: u64 = 40;

/// The error of one asset's price series against what the oracle answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PriceError {
    /// Asset.
    pub asset: String,
    /// Number of blocks compared, evenly spread over the covered ones.
    pub samples: u64,
    /// Number of blocks at which the oracle reverts or the series has no price.
    pub missing: u64,
    /// Largest relative error.
    pub max_relative_error: f64,
    /// Mean relative error.
    pub mean_relative_error: f64,
}

/// Compares the series with `getAssetPrice` at evenly spread blocks from `first` to `last`; blocks
/// whose state no endpoint has are left out.
pub(super) async fn price_errors(
    client: &Client,
    provider: Address,
    state: &RebuiltMarket,
    (first, last): (u64, u64),
) -> Result<Vec<PriceError>, ChainError> {
    let mut sums: Vec<ErrorSum> = vec![ErrorSum::default(); state.assets.len()];
    for block in sampled_blocks(first, last) {
        let Some(answers) = oracle_prices(client, provider, state, block).await? else { continue };
        for ((asset, answer), sum) in state.assets.iter().zip(answers).zip(&mut sums) {
            sum.add(answer, asset.price_at(block));
        }
    }
    let assets = state.assets.iter().zip(sums);
    Ok(assets.map(|(asset, sum)| sum.into_error(asset.label.clone())).collect())
}

fn sampled_blocks(first: u64, last: u64) -> Vec<u64> {
    let span = last.saturating_sub(first);
    let steps = SAMPLED_BLOCKS.min(span + 1);
    let block = |i: u64| last - span * (steps - 1 - i) / (steps - 1).max(1);
    let mut blocks: Vec<u64> = (0..steps).map(block).collect();
    blocks.dedup();
    blocks
}

/// The oracle's price of each asset at a block, `None` where it reverts; `None` without past state or
/// before the market has an oracle.
async fn oracle_prices(
    client: &Client,
    provider: Address,
    state: &RebuiltMarket,
    block: u64,
) -> Result<Option<Vec<Option<U256>>>, ChainError> {
    let oracle = match call_view(client, provider, Provider::getPriceOracleCall {}, block).await {
        Err(RpcError::StateUnavailable { .. }) => return Ok(None),
        oracle => oracle?,
    };
    let Some(oracle) = oracle.filter(|oracle| *oracle != Address::ZERO) else { return Ok(None) };
    let call = |asset: &super::asset::AssetState| {
        (oracle, Oracle::getAssetPriceCall { asset: asset.underlying })
    };
    Ok(Some(call_views(client, state.assets.iter().map(call), block).await?))
}

#[derive(Debug, Clone, Default)]
struct ErrorSum {
    samples: u64,
    missing: u64,
    max: f64,
    sum: f64,
}

impl ErrorSum {
    /// Adds a block; one at which neither has a price, as before a listing, does not count.
    fn add(&mut self, answer: Option<U256>, series: Option<U256>) {
        let answer = answer.filter(|answer| !answer.is_zero());
        match (answer, series) {
            (Some(answer), Some(series)) => {
                let error = f64::from(series.abs_diff(answer)) / f64::from(answer);
                self.samples += 1;
                self.max = self.max.max(error);
                self.sum += error;
            }
            (None, None) => {}
            _ => self.missing += 1,
        }
    }

    fn into_error(self, asset: String) -> PriceError {
        let Self { samples, missing, max, sum } = self;
        let mean = if samples > 0 { sum / samples as f64 } else { 0.0 };
        PriceError { asset, samples, missing, max_relative_error: max, mean_relative_error: mean }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_evenly_spread_and_end_with_the_last() {
        assert_eq!(sampled_blocks(7, 7), [7]);
        assert_eq!(sampled_blocks(7, 9), [7, 8, 9]);
        let blocks = sampled_blocks(0, 1_000);
        assert_eq!((blocks.len(), blocks[0], blocks[39]), (40, 0, 1_000));
        assert!(blocks.windows(2).all(|pair| (25..=26).contains(&(pair[1] - pair[0]))));
    }

    #[test]
    fn error_is_relative_to_the_oracle() {
        let mut sum = ErrorSum::default();
        let price = |price: u64| Some(U256::from(price));
        sum.add(price(100), price(101));
        sum.add(price(100), price(100));
        sum.add(None, price(100));
        sum.add(None, None);
        let error = sum.into_error("A".to_owned());
        assert_eq!((error.samples, error.missing), (2, 1));
        assert_eq!((error.max_relative_error, error.mean_relative_error), (0.01, 0.005));
    }
}
