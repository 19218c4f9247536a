//! A price equals the protocol's own oracle's at the block.

use std::collections::BTreeMap;

use alloy_primitives::U256;
use alloy_sol_types::sol;
use plimsoll_lake::Store;
use plimsoll_lake::tables::{MarketAsset, OraclePrice, RawLog};
use serde_json::Value;

use crate::support::lake::{SharedLake, shared_lake};

sol! {
    contract Oracle {
        function getAssetPrice(address asset) external view returns (uint256);
        function price() external view returns (uint256);
    }
}

/// Prices of assets, by the block of their logs.
type Prices = BTreeMap<String, BTreeMap<u64, f64>>;

#[test]
fn prices_equal_the_feeds_answers() {
    let Some(shared) = shared_lake() else { return };
    for (market, path, at_least) in [("devnet", "/aave", 1_000), ("devnet36", "/aave36", 40)] {
        let oracle = shared.devnet.address(&format!("{path}/oracle"));
        let from = shared.devnet.deployment.pointer(&format!("{path}/fromBlock")).unwrap();
        let blocks = blocks(shared, from.as_u64().unwrap());
        let held = prices(&shared.store, &format!("chain-31337.aave-v3.{market}"));
        let mut equal = 0;
        for asset in assets(&shared.store, market) {
            let call = Oracle::getAssetPriceCall { asset: asset.address.unwrap().parse().unwrap() };
            let onchain = shared.devnet.node.call_over(oracle, &call, &blocks);
            for (block, onchain) in blocks.iter().zip(onchain) {
                // An asset that is not listed yet has no price.
                let onchain = onchain.filter(|price| !price.is_zero());
                let found = held[&asset.asset].range(..=block).next_back();
                let found = found.map(|(_, usd)| U256::from((usd * 1e8).round() as u64));
                assert_eq!(found, onchain, "{market}: {} at block {block}", asset.asset);
                equal += usize::from(onchain.is_some());
            }
        }
        assert!(equal > at_least, "{market}: {equal}");
    }
}

#[test]
fn prices_without_logs_are_read_once_in_each_interval() {
    let Some(shared) = shared_lake() else { return };
    let markets = shared.devnet.deployment["morpho"]["markets"].as_array().unwrap();
    let decimals: BTreeMap<String, i32> = assets(&shared.store, "devnet")
        .into_iter()
        .map(|asset| (asset.symbol().to_owned(), asset.decimals.try_into().unwrap()))
        .collect();
    for (index, market) in markets.iter().enumerate() {
        let (id, loan, collateral) =
            (text(&market["id"]), text(&market["loan"]), text(&market["collateral"]));
        let held = prices(&shared.store, &format!("chain-31337.morpho-blue.devnet-{id}"));
        let oracle = shared.devnet.address(&format!("/morpho/markets/{index}/oracle"));
        let unit = 10_f64.powi(36 + decimals[loan] - decimals[collateral]);
        let blocks = sampled_blocks(shared, "morpho-blue.devnet");
        let onchain = shared.devnet.node.call_over(oracle, &Oracle::priceCall {}, &blocks);
        for (block, onchain) in blocks.iter().zip(onchain) {
            let (_, found) =
                held[&shared.devnet.token_id(collateral)].range(..=block).next_back().unwrap();
            let onchain = f64::from(onchain.unwrap()) / unit;
            assert_eq!(*found, onchain, "{collateral} in {loan} at block {block}");
        }
    }
}

/// Of every 100 blocks the first with logs of the stream, or the last block.
fn sampled_blocks(shared: &SharedLake, stream: &str) -> Vec<u64> {
    let mut logs = shared.store.rows::<RawLog>().unwrap();
    logs.retain(|log| log.stream == stream);
    let first_log =
        |start: u64| logs.iter().map(|l| l.block).find(|b| (start..start + 100).contains(b));
    let starts = (100..shared.head - 99).step_by(100);
    starts.map(|start| first_log(start).unwrap_or(start + 99)).collect()
}

/// Every third block, and all around those in which sources changed.
fn blocks(shared: &SharedLake, from: u64) -> Vec<u64> {
    let mut blocks: Vec<u64> = (from..=shared.head).step_by(3).collect();
    for reserve in shared.devnet.deployment["aave"]["reserves"].as_array().unwrap() {
        for source in reserve["sources"].as_array().unwrap() {
            let aggregators = source["aggregators"].as_array().unwrap().iter();
            for change in aggregators.chain([source]) {
                let change = change["fromBlock"].as_u64().unwrap();
                blocks.extend(change.saturating_sub(3)..=change + 3);
            }
        }
    }
    blocks.retain(|block| *block >= from);
    blocks.push(shared.head);
    blocks
}

fn assets(store: &Store, market: &str) -> Vec<MarketAsset> {
    let mut assets = store.rows::<MarketAsset>().unwrap();
    assets.retain(|asset| asset.market == market);
    assets
}

fn prices(store: &Store, source: &str) -> Prices {
    let mut prices = Prices::new();
    for row in store.rows::<OraclePrice>().unwrap() {
        if row.source == source {
            prices.entry(row.asset).or_default().insert(row.block.unwrap(), row.price_usd);
        }
    }
    prices
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
