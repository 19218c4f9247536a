//! No log is missing, and none is a duplicate.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, hex, keccak256};
use plimsoll_lake::tables::{
    AccountSetting, Block, Liquidation, PoolLiquidity, PositionEvent, QuarantinedLog, RawLog,
    ReserveIndex, ReserveParameter, Row,
};
use serde_json::Value;

use crate::support::lake::{SharedLake, shared_lake};

/// The number of each contract's events, by first topic.
type Counts = BTreeMap<(Address, String), usize>;

#[test]
fn every_event_count_equals_the_nodes() {
    let Some(shared) = shared_lake() else { return };
    let mut streams: BTreeMap<String, Vec<RawLog>> = BTreeMap::new();
    for log in shared.store.rows::<RawLog>().unwrap() {
        streams.entry(log.stream.clone()).or_default().push(log);
    }
    assert_eq!(streams.len(), 5);
    let answer = keccak256("AnswerUpdated(int256,uint256,uint256)").to_string();
    for (stream, logs) in streams {
        let mut stored = Counts::new();
        let mut places = BTreeMap::new();
        for log in &logs {
            let by = Address::from_slice(&log.address);
            let topic = hex::encode_prefixed(&log.topics[..32]);
            *stored.entry((by, topic)).or_default() += 1;
            let before = places.insert((log.block, log.log_index), by);
            assert_eq!(before, None, "{stream}: {log:?} is a duplicate");
        }
        let covered = shared.store.files(const { &RawLog::TABLE }).unwrap();
        let covered = covered.iter().find(|file| file.partition.values()[1] == stream).unwrap();
        let topics: BTreeSet<&String> = stored.keys().map(|(_, topic)| topic).collect();
        let addresses: BTreeSet<Address> = stored.keys().map(|(address, _)| *address).collect();
        let mut counts = Counts::new();
        for log in shared.devnet.node.logs(&[], covered.range.as_blocks()) {
            // Answers of aggregators that are not a proxy's current one are ignored.
            let is_current =
                log.topics[0] != answer || places.contains_key(&(log.block, log.log_index));
            if is_current && addresses.contains(&log.address) && topics.contains(&log.topics[0]) {
                *counts.entry((log.address, log.topics[0].clone())).or_default() += 1;
            }
        }
        assert_eq!(stored, counts, "{stream}");
    }
}

#[test]
fn every_row_follows_from_its_event() {
    let Some(shared) = shared_lake() else { return };
    let counts = node_counts(shared);
    let at = |path: &str| shared.devnet.address(path);
    let (pools, blue) = ([at("/aave/pool"), at("/aave36/pool")], at("/morpho/address"));
    let event_count = |contract: Address, event: &str| {
        let topic = keccak256(event).to_string();
        let count = counts.get(&(contract, topic)).copied().unwrap_or_default();
        assert!(count > 0, "{contract} never logged {event}");
        count
    };
    let both = |event: &str| -> usize { pools.iter().map(|pool| event_count(*pool, event)).sum() };
    let events =
        count_rows(&shared.store.rows::<PositionEvent>().unwrap(), |r| (&r.protocol, &r.kind));
    let expected = [
        ("aave-v3", "borrow", both(BORROW)),
        ("aave-v3", "deposit", both(SUPPLY)),
        ("aave-v3", "repay", both(REPAY)),
        ("aave-v3", "withdraw", both(WITHDRAW)),
        ("morpho-blue", "borrow", event_count(blue, MORPHO_BORROW)),
        ("morpho-blue", "deposit", event_count(blue, MORPHO_SUPPLY_COLLATERAL)),
        ("morpho-blue", "repay", event_count(blue, MORPHO_REPAY)),
        ("morpho-blue", "withdraw", event_count(blue, MORPHO_WITHDRAW_COLLATERAL)),
    ];
    assert_eq!(
        events,
        expected.map(|(protocol, kind, n)| ((protocol.into(), kind.into()), n)).into()
    );
    let liquidations =
        count_rows(&shared.store.rows::<Liquidation>().unwrap(), |r| (&r.protocol, &r.chain));
    let expected = [both(LIQUIDATION_CALL), event_count(blue, MORPHO_LIQUIDATE)];
    assert_eq!(liquidations.into_values().collect::<Vec<_>>(), expected);
    let indexes =
        count_rows(&shared.store.rows::<ReserveIndex>().unwrap(), |r| (&r.protocol, &r.chain));
    let interest =
        event_count(blue, MORPHO_ACCRUE_INTEREST) + event_count(blue, MORPHO_CREATE_MARKET);
    assert_eq!(indexes.into_values().collect::<Vec<_>>(), [both(RESERVE_DATA), interest]);
    let settings =
        count_rows(&shared.store.rows::<AccountSetting>().unwrap(), |r| (&r.setting, &r.chain));
    let collateral = both(COLLATERAL_ENABLED) + both(COLLATERAL_DISABLED);
    assert_eq!(settings.into_values().collect::<Vec<_>>(), [collateral, both(EMODE_SET)]);
    assert_eq!(shared.store.rows::<QuarantinedLog>().unwrap(), []);
}

#[test]
fn every_parameter_change_is_a_row() {
    let Some(shared) = shared_lake() else { return };
    let counts = node_counts(shared);
    let configurators = ["/aave/configurator", "/aave36/configurator"];
    let configurators = configurators.map(|path| shared.devnet.address(path));
    let blue = shared.devnet.address("/morpho/address");
    let count = |contract, (event, rows): &(&str, usize)| {
        rows * counts.get(&(contract, keccak256(event).to_string())).copied().unwrap_or_default()
    };
    let expected: [usize; 2] = [
        configurators.iter().flat_map(|by| CONFIGURATIONS.map(|event| count(*by, &event))).sum(),
        MORPHO_CONFIGURATIONS.iter().map(|event| count(blue, event)).sum(),
    ];
    assert!(expected.iter().all(|rows| *rows > 9), "{expected:?}");
    let found =
        count_rows(&shared.store.rows::<ReserveParameter>().unwrap(), |r| (&r.protocol, &r.chain));
    assert_eq!(found.into_values().collect::<Vec<_>>(), expected);
}

#[test]
fn every_pool_event_is_a_row() {
    let Some(shared) = shared_lake() else { return };
    let counts = node_counts(shared);
    let pools = shared.devnet.deployment.pointer("/uniswap/pools").and_then(Value::as_array);
    let mut expected = BTreeMap::new();
    for pool in 0..pools.unwrap().len() {
        let pool = shared.devnet.address(&format!("/uniswap/pools/{pool}/address"));
        for (kind, event) in POOL_EVENTS {
            let count = counts[&(pool, keccak256(event).to_string())];
            expected.insert((format!("{pool:#x}"), kind.to_owned()), count);
        }
    }
    let found = count_rows(&shared.store.rows::<PoolLiquidity>().unwrap(), |r| (&r.pool, &r.kind));
    assert_eq!(found, expected);
}

#[test]
fn every_block_has_the_nodes_base_fee() {
    let Some(shared) = shared_lake() else { return };
    let blocks = shared.store.rows::<Block>().unwrap();
    assert_eq!(blocks.len() as u64, shared.head - 2);
    let counts = shared.devnet.node.base_fees_wei(blocks.iter().map(|block| block.block));
    let counts: Vec<_> = counts.into_iter().map(|wei| Some(wei as f64 / 1e9)).collect();
    let stored: Vec<_> = blocks.iter().map(|block| block.base_fee_gwei).collect();
    assert_eq!(stored, counts);
    assert!(stored.iter().any(|fee| *fee != stored[0]), "the fee never moved");
}

/// The node's events of all contracts, from the market's first block on.
fn node_counts(shared: &SharedLake) -> Counts {
    let mut counts = Counts::new();
    let from = shared.devnet.deployment["aave"]["fromBlock"].as_u64().unwrap();
    for log in shared.devnet.node.logs(&[], (from, shared.head)) {
        *counts.entry((log.address, log.topics[0].clone())).or_default() += 1;
    }
    counts
}

/// The number of rows of each kind.
fn count_rows<R>(
    rows: &[R],
    kind: impl Fn(&R) -> (&String, &String),
) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        let (first, second) = kind(row);
        *counts.entry((first.clone(), second.clone())).or_default() += 1;
    }
    counts
}

const SUPPLY: &str = "Supply(address,address,address,uint256,uint16)";
const WITHDRAW: &str = "Withdraw(address,address,address,uint256)";
const BORROW: &str = "Borrow(address,address,address,uint256,uint8,uint256,uint16)";
const REPAY: &str = "Repay(address,address,address,uint256,bool)";
const LIQUIDATION_CALL: &str =
    "LiquidationCall(address,address,address,uint256,uint256,address,bool)";
const RESERVE_DATA: &str = "ReserveDataUpdated(address,uint256,uint256,uint256,uint256,uint256)";
const COLLATERAL_ENABLED: &str = "ReserveUsedAsCollateralEnabled(address,address)";
const COLLATERAL_DISABLED: &str = "ReserveUsedAsCollateralDisabled(address,address)";
const EMODE_SET: &str = "UserEModeSet(address,uint8)";
const MORPHO_CREATE_MARKET: &str =
    "CreateMarket(bytes32,(address,address,address,address,uint256))";
const MORPHO_SUPPLY_COLLATERAL: &str = "SupplyCollateral(bytes32,address,address,uint256)";
const MORPHO_WITHDRAW_COLLATERAL: &str =
    "WithdrawCollateral(bytes32,address,address,address,uint256)";
const MORPHO_BORROW: &str = "Borrow(bytes32,address,address,address,uint256,uint256)";
const MORPHO_REPAY: &str = "Repay(bytes32,address,address,uint256,uint256)";
const MORPHO_LIQUIDATE: &str =
    "Liquidate(bytes32,address,address,uint256,uint256,uint256,uint256,uint256)";
const MORPHO_ACCRUE_INTEREST: &str = "AccrueInterest(bytes32,uint256,uint256,uint256)";

/// Events of the configurator, with the number of rows of each.
const CONFIGURATIONS: [(&str, usize); 16] = [
    ("CollateralConfigurationChanged(address,uint256,uint256,uint256)", 3),
    ("EModeCategoryAdded(uint8,uint256,uint256,uint256,address,string)", 3),
    ("EModeAssetCategoryChanged(address,uint8,uint8)", 1),
    ("ReserveInitialized(address,address,address,address,address)", 1),
    ("ReserveBorrowing(address,bool)", 1),
    ("ReserveFlashLoaning(address,bool)", 1),
    ("ReserveFrozen(address,bool)", 1),
    ("ReservePaused(address,bool)", 1),
    ("ReserveFactorChanged(address,uint256,uint256)", 1),
    ("BorrowCapChanged(address,uint256,uint256)", 1),
    ("SupplyCapChanged(address,uint256,uint256)", 1),
    ("LiquidationProtocolFeeChanged(address,uint256,uint256)", 1),
    ("AssetCollateralInEModeChanged(address,uint8,bool)", 1),
    ("AssetBorrowableInEModeChanged(address,uint8,bool)", 1),
    ("AssetLtvzeroInEModeChanged(address,uint8,bool)", 1),
    ("PendingLtvChanged(address,uint256)", 1),
];
const MORPHO_CONFIGURATIONS: [(&str, usize); 2] =
    [(MORPHO_CREATE_MARKET, 3), ("SetFee(bytes32,uint256)", 1)];

const POOL_EVENTS: [(&str, &str); 4] = [
    ("initialize", "Initialize(uint160,int24)"),
    ("mint", "Mint(address,address,int24,int24,uint128,uint256,uint256)"),
    ("burn", "Burn(address,int24,int24,uint128,uint256,uint256)"),
    ("swap", "Swap(address,address,int256,int256,uint160,uint128,int24)"),
];
