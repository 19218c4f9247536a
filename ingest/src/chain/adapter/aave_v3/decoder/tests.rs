//! Vectors of users' reports, and logs of a sequencer's sentinel.

use alloy_primitives::{Address, B256, I256, LogData, U256};
use alloy_sol_types::SolEvent;
use plimsoll_lake::DecodedRows;
use plimsoll_lending::aave_v3::Release;
use plimsoll_rpc::{Header, Log};

use crate::chain::adapter::aave_v3::events::ScaledToken::{BalanceTransfer, Burn, Mint};
use crate::chain::adapter::aave_v3::events::{Provider, Sentinel};
use crate::chain::adapter::aave_v3::tests::{PROVIDER, SENTINEL, SEQUENCER, decoder_with};
use crate::chain::adapter::aave_v3::token_versions::{TokenVersion, TokenVersions};
use crate::chain::adapter::chainlink::Aggregator::AnswerUpdated;
use crate::chain::adapter::test_addresses::KNOWN_ADDRESSES;
use crate::chain::decode::state::DecoderState;

const A_TOKEN: Address = KNOWN_ADDRESSES[4];
const DEBT_TOKEN: Address = KNOWN_ADDRESSES[5];
const ANN: Address = Address::repeat_byte(1);
const BOB: Address = Address::repeat_byte(2);

fn gho(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

/// An index in hundredths of a ray.
fn index(hundredths: u64) -> U256 {
    U256::from(hundredths) * U256::from(10).pow(U256::from(25))
}

fn log(token: Address, block: u64, event: LogData) -> Log {
    Log {
        address: token,
        topics: event.topics().to_vec(),
        data: event.data,
        block,
        block_hash: B256::ZERO,
        tx: B256::ZERO,
        log_index: 0,
        block_time_s: None,
    }
}

/// Decodes the logs of one block each; panics if one is invalid.
fn decode(versions: TokenVersions, logs: &[Log]) -> DecodedRows {
    let mut decoder = decoder_with(versions);
    let (mut state, mut rows) = (DecoderState::default(), DecodedRows::default());
    for log in logs {
        let header = Header {
            number: log.block,
            hash: B256::ZERO,
            parent_hash: None,
            time_s: 1_700_000_000,
            logs_bloom: None,
            base_fee_wei: None,
        };
        decoder.decode(log, &header, &mut state, &mut rows).expect("a valid log");
    }
    rows
}

fn mint(owner: Address, value: U256, interest: U256, index: U256) -> LogData {
    Mint { caller: owner, onBehalfOf: owner, value, balanceIncrease: interest, index }
        .encode_log_data()
}

/// aave/interface #2346.
#[test]
fn discounted_debt_is_that_of_the_contract() {
    let logs = [
        log(DEBT_TOKEN, 1, mint(ANN, gho(1000), U256::ZERO, index(100))),
        log(DEBT_TOKEN, 2, mint(ANN, gho(135), gho(35), index(105))),
    ];
    let rows = decode(TokenVersions::default(), &logs).balance_changes;
    let scaled: i128 = rows.iter().map(|row| row.scaled_exact).sum();
    assert!((scaled as f64 / 1e18 - 1_080.952_380_952_381).abs() < 1e-9, "{scaled}");
    assert!((scaled as f64 / 1e18 * 1.05 - 1_135.0).abs() < 1e-9);
}

#[test]
fn discounted_debt_repaid_in_full_leaves_zero() {
    // The interest of 50 has a discount of 15; 1,035 are owed.
    let burn = Burn {
        from: ANN,
        target: Address::ZERO,
        value: gho(1000),
        balanceIncrease: gho(35),
        index: index(105),
    };
    let logs = [
        log(DEBT_TOKEN, 1, mint(ANN, gho(1000), U256::ZERO, index(100))),
        log(DEBT_TOKEN, 2, burn.encode_log_data()),
    ];
    let rows = decode(TokenVersions::default(), &logs).balance_changes;
    assert_eq!(rows.iter().map(|row| row.scaled_exact).sum::<i128>(), 0);
}

/// protocol-subgraphs #82.
#[test]
fn first_release_logs_transfers_with_interest() {
    let mut versions = TokenVersions::default();
    let version = TokenVersion { release: Release::V3_3, transfers_unscaled: true };
    versions.add(A_TOKEN, 0, version);
    versions.add(A_TOKEN, 3, TokenVersion { transfers_unscaled: false, ..version });
    let transfer = |value: u64| {
        BalanceTransfer { from: ANN, to: BOB, value: U256::from(value), index: index(110) }
            .encode_log_data()
    };
    let logs = [
        log(A_TOKEN, 1, mint(ANN, U256::from(1000), U256::ZERO, index(100))),
        log(A_TOKEN, 2, transfer(110)),
        log(A_TOKEN, 3, transfer(110)),
    ];
    let rows = decode(versions, &logs).balance_changes;
    let scaled: Vec<_> = rows.iter().map(|row| row.scaled_exact).collect();
    assert_eq!(scaled, [1000, -100, 100, -110, 110]);
}

#[test]
fn a_token_older_than_its_pool_rounds_half_up() {
    // From block 5 on the pool has release 3.6.
    let mut versions = TokenVersions::default();
    let version = TokenVersion { release: Release::V3_4, transfers_unscaled: false };
    versions.add(A_TOKEN, 0, version);
    versions.add(A_TOKEN, 7, TokenVersion { release: Release::V3_7, ..version });
    let supply = |block| log(A_TOKEN, block, mint(ANN, U256::from(5), U256::ZERO, index(150)));
    let rows = decode(versions, &[supply(6), supply(8)]).balance_changes;
    // 5 / 1.5 = 3.33 up to release 3.4; later the balance of 4 + 5 has a scaled balance of 6.
    let scaled: Vec<_> = rows.iter().map(|row| row.scaled_exact).collect();
    assert_eq!(scaled, [3, 3]);
    let mut versions = TokenVersions::default();
    versions.add(A_TOKEN, 0, TokenVersion { release: Release::V3_7, ..version });
    let rows = decode(versions, &[supply(6)]).balance_changes;
    assert_eq!(rows[0].scaled_exact, 4);
}

#[test]
fn sentinel_and_sequencer_become_parameters() {
    let answer = |current: u64| {
        let (current, round) = (I256::from_raw(U256::from(current)), U256::ONE);
        let event = AnswerUpdated { current, roundId: round, updatedAt: U256::ONE };
        event.encode_log_data()
    };
    let set = Provider::PriceOracleSentinelUpdated { oldAddress: ANN, newAddress: SENTINEL };
    let upgraded = Provider::PoolUpdated { oldAddress: ANN, newAddress: BOB };
    let grace = Sentinel::GracePeriodUpdated { newGracePeriod: U256::from(7_200) };
    let logs = [
        log(PROVIDER, 1, set.encode_log_data()),
        log(SEQUENCER, 2, answer(1)),
        log(SEQUENCER, 3, answer(0)),
        log(SENTINEL, 4, grace.encode_log_data()),
        // A pool of release 3.6 still has it.
        log(PROVIDER, 5, upgraded.encode_log_data()),
        // Another contract's log of the same kind counts for nothing.
        log(BOB, 6, set.encode_log_data()),
    ];
    let rows = decode(TokenVersions::default(), &logs).reserve_parameters;
    let found: Vec<_> =
        rows.iter().map(|row| (row.block, row.parameter.as_str(), row.value)).collect();
    assert_eq!(
        found,
        [
            (1, "sentinel_grace_s", 3_600.0),
            (1, "sentinel_in_force", 1.0),
            (2, "sequencer_down", 1.0),
            (3, "sequencer_down", 0.0),
            (4, "sentinel_grace_s", 7_200.0),
        ]
    );
    assert!(rows.iter().all(|row| row.asset == "sequencer"));
}
