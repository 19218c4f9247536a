//! A price is what the protocol's own oracle said at the block.

use std::collections::BTreeMap;

use alloy_primitives::U256;
use alloy_sol_types::sol;
use plimsoll_lake::Store;
use plimsoll_lake::tables::{MarketAsset, OraclePrice};
use serde_json::Value;

use crate::support::lake::{SharedLake, shared_lake};

sol! {
    contract Oracle {
        function getAssetPrice(address asset) external view returns (uint256);
        function price() external view returns (uint256);
    }
}

/// Prices of assets, by the block that they were told in.
type Prices = BTreeMap<String, BTreeMap<u64, f64>>;

#[test]
fn prices_equal_the_feeds_answers() {
    let Some(plain) = shared_lake() else { return };
    for (market, path, at_least) in [("devnet", "/aave", 1_000), ("devnet36", "/aave36", 40)] {
        let oracle = plain.devnet.address(&format!("{path}/oracle"));
        let from = plain.devnet.deployment.pointer(&format!("{path}/fromBlock")).unwrap();
        let blocks = blocks(plain, from.as_u64().unwrap());
        let held = prices(&plain.store, &format!("chain-31337.aave-v3.{market}"));
        let mut equal = 0;
        for asset in assets(&plain.store, market) {
            let call = Oracle::getAssetPriceCall { asset: asset.address.unwrap().parse().unwrap() };
            let said = plain.devnet.node.call_over(oracle, &call, &blocks);
            for (block, said) in blocks.iter().zip(said) {
                // An asset that is not listed yet costs nothing.
                let said = said.filter(|price| !price.is_zero());
                let found = held[&asset.asset].range(..=block).next_back();
                let found = found.map(|(_, usd)| U256::from((usd * 1e8).round() as u64));
                assert_eq!(found, said, "{market}: {} at block {block}", asset.asset);
                equal += usize::from(said.is_some());
            }
        }
        assert!(equal > at_least, "{market}: {equal}");
    }
}

#[test]
fn prices_without_logs_are_read_at_regular_blocks() {
    let Some(plain) = shared_lake() else { return };
    let markets = plain.devnet.deployment["morpho"]["markets"].as_array().unwrap();
    let decimals: BTreeMap<String, i32> = assets(&plain.store, "devnet")
        .into_iter()
        .map(|asset| (asset.asset, asset.decimals.try_into().unwrap()))
        .collect();
    for (place, market) in markets.iter().enumerate() {
        let (id, loan, collateral) =
            (text(&market["id"]), text(&market["loan"]), text(&market["collateral"]));
        let held = prices(&plain.store, &format!("chain-31337.morpho-blue.devnet-{id}"));
        let oracle = plain.devnet.address(&format!("/morpho/markets/{place}/oracle"));
        let unit = 10_f64.powi(36 + decimals[loan] - decimals[collateral]);
        let blocks: Vec<u64> = (100..=plain.head).step_by(100).collect();
        let said = plain.devnet.node.call_over(oracle, &Oracle::priceCall {}, &blocks);
        for (block, said) in blocks.iter().zip(said) {
            let (_, found) = held[collateral].range(..=block).next_back().unwrap();
            let said = f64::from(said.unwrap()) / unit;
            assert_eq!(*found, said, "{collateral} in {loan} at block {block}");
        }
    }
}

/// Every third block from one on, and all around those in which sources changed.
fn blocks(plain: &SharedLake, from: u64) -> Vec<u64> {
    let mut blocks: Vec<u64> = (from..=plain.head).step_by(3).collect();
    for reserve in plain.devnet.deployment["aave"]["reserves"].as_array().unwrap() {
        for source in reserve["sources"].as_array().unwrap() {
            let aggregators = source["aggregators"].as_array().unwrap().iter();
            for turned in aggregators.chain([source]) {
                let turned = turned["fromBlock"].as_u64().unwrap();
                blocks.extend(turned.saturating_sub(3)..=turned + 3);
            }
        }
    }
    blocks.retain(|block| *block >= from);
    blocks.push(plain.head);
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
