//! Balances summed from the logs equal the contracts' balances.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::sol;
use plimsoll_lake::tables::{BalanceChange, Liquidation, ReserveIndex};
use serde_json::{Value, json};

use crate::support::lake::{SharedLake, shared_lake};

sol! {
    contract ScaledToken {
        function scaledBalanceOf(address user) external view returns (uint256);
    }

    contract Morpho {
        function position(bytes32 id, address user) external view returns (uint256 supplyShares, uint128 borrowShares, uint128 collateral);
        function market(bytes32 id) external view returns (uint128 totalSupplyAssets, uint128 totalSupplyShares, uint128 totalBorrowAssets, uint128 totalBorrowShares, uint128 lastUpdate, uint128 fee);
    }
}

/// Balances by market, asset, side and owner.
type Balances = BTreeMap<(String, String, String, Address), i128>;

#[test]
fn scaled_balances_are_the_contracts_own() {
    let Some(shared) = shared_lake() else { return };
    assert!(count_equal_balances(shared, "devnet", "/aave/reserves", &blocks(shared)) > 500);
}

#[test]
fn scaled_balances_of_directed_rounding_are_the_contracts_own() {
    let Some(shared) = shared_lake() else { return };
    let from = shared.devnet.deployment["aave36"]["fromBlock"].as_u64().unwrap();
    let blocks: Vec<u64> = (from..=shared.head).collect();
    assert!(count_equal_balances(shared, "devnet36", "/aave36/reserves", &blocks) > 500);
}

/// Compares every owner's balances with the tokens; returns the number of nonzero ones.
fn count_equal_balances(
    shared: &SharedLake,
    market: &str,
    reserves: &str,
    blocks: &[u64],
) -> usize {
    let reserves = shared.devnet.deployment.pointer(reserves).and_then(Value::as_array).unwrap();
    let owners = owners(shared);
    let mut open = 0;
    for block in blocks {
        let held = balances(shared, "aave-v3", *block);
        for reserve in reserves {
            for (side, token) in [("collateral", "aToken"), ("debt", "variableDebtToken")] {
                let token: Address = text(&reserve[token]).parse().unwrap();
                let call =
                    |user: &Address| (token, ScaledToken::scaledBalanceOfCall { user: *user });
                let onchain = shared.devnet.node.call_each(owners.iter().map(call), *block);
                for (owner, onchain) in owners.iter().zip(onchain) {
                    let asset = shared.devnet.token_id(text(&reserve["symbol"]));
                    let key = (market.to_owned(), asset, side.to_owned(), *owner);
                    let found = held.get(&key).copied().unwrap_or_default();
                    // A token that is not deployed yet returns nothing.
                    let onchain = onchain.unwrap_or_default();
                    assert_eq!(U256::from(found), onchain, "{key:?} at block {block}");
                    open += usize::from(found > 0);
                }
            }
        }
    }
    open
}

#[test]
fn morpho_positions_are_the_contracts_own() {
    let Some(shared) = shared_lake() else { return };
    let blue = shared.devnet.address("/morpho/address");
    let owners = owners(shared);
    let mut open = 0;
    for block in blocks(shared) {
        let held = balances(shared, "morpho-blue", block);
        for market in shared.devnet.deployment["morpho"]["markets"].as_array().unwrap() {
            let id: B256 = text(&market["id"]).parse().unwrap();
            let call = |user: &Address| (blue, Morpho::positionCall { id, user: *user });
            let onchain = shared.devnet.node.call_each(owners.iter().map(call), block);
            for (owner, onchain) in owners.iter().zip(onchain) {
                let onchain = onchain.unwrap();
                for (side, asset, onchain) in [
                    ("collateral", "collateral", U256::from(onchain.collateral)),
                    ("debt", "loan", U256::from(onchain.borrowShares)),
                    ("supply", "loan", onchain.supplyShares),
                ] {
                    let asset = shared.devnet.token_id(text(&market[asset]));
                    let key = (format!("devnet-{id:#x}"), asset, side.to_owned(), *owner);
                    let found = held.get(&key).copied().unwrap_or_default();
                    assert_eq!(U256::from(found), onchain, "{key:?} at block {block}");
                    open += usize::from(found > 0);
                }
            }
        }
    }
    assert!(open > 100, "{open}");
}

#[test]
fn morpho_share_indexes_are_the_markets_own() {
    let Some(shared) = shared_lake() else { return };
    let blue = shared.devnet.address("/morpho/address");
    let ray = U256::from(10).pow(U256::from(27));
    let index = |assets: u128, shares: u128| {
        (U256::from(assets) + U256::from(1)) * ray / (U256::from(shares) + U256::from(1_000_000))
    };
    // Bad debt is deducted from the lenders after the log of the block's interest.
    let liquidated: BTreeSet<(String, u64)> = shared
        .store
        .rows::<Liquidation>()
        .unwrap()
        .into_iter()
        .map(|r| (r.market, r.block))
        .collect();
    // Later changes within the block are rounded in the market's favour.
    let near = |found: i128, onchain: U256| (found as f64 / f64::from(onchain) - 1.0).abs() < 1e-9;
    let mut rows = shared.store.rows::<ReserveIndex>().unwrap();
    rows.retain(|row| row.protocol == "morpho-blue");
    for market in shared.devnet.deployment["morpho"]["markets"].as_array().unwrap() {
        let id: B256 = text(&market["id"]).parse().unwrap();
        let rows: Vec<_> =
            rows.iter().filter(|row| row.market == format!("devnet-{id:#x}")).collect();
        let blocks: Vec<u64> = rows.iter().map(|row| row.block).collect();
        let onchain = shared.devnet.node.call_over(blue, &Morpho::marketCall { id }, &blocks);
        for (row, onchain) in rows.iter().zip(onchain) {
            let onchain = onchain.unwrap();
            let borrow = index(onchain.totalBorrowAssets, onchain.totalBorrowShares);
            assert!(near(row.borrow_index, borrow), "{row:?} {borrow}");
            let supply = index(onchain.totalSupplyAssets, onchain.totalSupplyShares);
            let is_final = !liquidated.contains(&(row.market.clone(), row.block));
            assert!(!is_final || near(row.liquidity_index, supply), "{row:?} {supply}");
        }
        assert!(rows.len() > 50, "{}", rows.len());
    }
}

fn balances(shared: &SharedLake, protocol: &str, block: u64) -> Balances {
    let mut balances = Balances::new();
    for row in shared.store.rows::<BalanceChange>().unwrap() {
        if row.protocol == protocol && row.block <= block {
            let owner = row.account.rsplit('/').next().unwrap().parse().unwrap();
            *balances.entry((row.market, row.asset, row.side, owner)).or_default() +=
                row.scaled_exact;
        }
    }
    balances
}

/// Every account of the node or the lake.
fn owners(shared: &SharedLake) -> Vec<Address> {
    let accounts = shared.devnet.node.request("eth_accounts", json!([]));
    let accounts =
        accounts.as_array().unwrap().iter().map(|account| text(account).parse().unwrap());
    let mut owners: BTreeSet<Address> = accounts.collect();
    for row in shared.store.rows::<BalanceChange>().unwrap() {
        owners.insert(row.account.rsplit('/').next().unwrap().parse().unwrap());
    }
    owners.into_iter().collect()
}

fn blocks(shared: &SharedLake) -> [u64; 5] {
    [shared.head / 8, shared.head / 3, shared.head / 2, shared.head * 5 / 6, shared.head]
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
