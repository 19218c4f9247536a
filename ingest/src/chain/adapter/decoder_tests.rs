//! Every decoder returns rows or an error for any log, and never panics.

use alloy_primitives::{Address, B256, Bytes, Uint};
use alloy_sol_types::{SolEvent, SolValue};
use plimsoll_lake::DecodedRows;
use plimsoll_rpc::{Header, Log};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::aave_v3::tests::decoder as aave;
use super::morpho_blue::tests::decoder as morpho;
use super::test_addresses::KNOWN_ADDRESSES;
use super::uniswap_v3::tests::{self as uniswap, decoder as pool};
use crate::chain::decode::state::DecoderState;

fn header() -> Header {
    Header {
        number: 7,
        hash: B256::ZERO,
        parent_hash: None,
        time_s: 1_700_000_000,
        logs_bloom: None,
        base_fee_wei: None,
    }
}

fn topics0() -> Vec<B256> {
    let mut topics = super::aave_v3::tests::topics();
    topics.extend(super::morpho_blue::tests::topics());
    topics.extend(uniswap::topics());
    topics
}

fn word() -> impl Strategy<Value = B256> {
    prop_oneof![
        any::<[u8; 32]>().prop_map(B256::from),
        select(KNOWN_ADDRESSES.to_vec()).prop_map(|address| address.into_word()),
        any::<u64>().prop_map(|small| B256::from(Uint::<256, 4>::from(small))),
        Just(B256::ZERO),
        Just(B256::repeat_byte(0xff)),
    ]
}

prop_compose! {
    fn log()(
        address in prop_oneof![select(KNOWN_ADDRESSES.to_vec()), any::<[u8; 20]>().prop_map(Address::from)],
        first in prop_oneof![9 => select(topics0()), 1 => word()],
        rest in vec(word(), 0..4),
        words in vec(word(), 0..12),
        tail in vec(any::<u8>(), 0..40),
    ) -> Log {
        let mut data: Vec<u8> = words.iter().flat_map(|word| word.0).collect();
        data.extend(tail);
        let topics = std::iter::once(first).chain(rest).collect();
        let (block, block_hash, tx) = (7, B256::ZERO, B256::ZERO);
        Log { address, topics, data: data.into(), block, block_hash, tx, log_index: 0, block_time_s: None }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_log_makes_a_decoder_panic(logs in vec(log(), 1..12)) {
        for mut decoder in [aave(), morpho(), pool()] {
            let (mut state, mut rows) = (DecoderState::default(), DecodedRows::default());
            for log in &logs {
                drop(decoder.decode(log, &header(), &mut state, &mut rows));
            }
            decoder.end_block(&header(), &mut rows);
        }
    }

    #[test]
    fn a_truncated_log_is_a_decode_error(cut in 1_usize..160) {
        let full_log = uniswap::swap().encode_log_data();
        let data = Bytes::from(full_log.data[..full_log.data.len() - cut].to_vec());
        let (address, topics) = (KNOWN_ADDRESSES[0], full_log.topics().to_vec());
        let (block, block_hash, tx) = (7, B256::ZERO, B256::ZERO);
        let log = Log { address, topics, data, block, block_hash, tx, log_index: 0, block_time_s: None };
        let mut rows = DecodedRows::default();
        let error = pool().decode(&log, &header(), &mut DecoderState::default(), &mut rows);
        prop_assert_eq!(error.expect_err("an error").reason, "encoding");
        prop_assert!(rows.pool_liquidity.is_empty());
    }
}

#[test]
fn a_value_beyond_38_digits_is_a_decode_error() {
    let words = (Address::ZERO, Uint::<256, 4>::MAX).abi_encode();
    let topic = super::aave_v3::tests::SUPPLY;
    let known = KNOWN_ADDRESSES[3].into_word();
    let log = Log {
        address: KNOWN_ADDRESSES[0],
        topics: vec![topic, known, known, B256::ZERO],
        data: words.into(),
        block: 7,
        block_hash: B256::ZERO,
        tx: B256::ZERO,
        log_index: 0,
        block_time_s: None,
    };
    let mut rows = DecodedRows::default();
    let error = aave().decode(&log, &header(), &mut DecoderState::default(), &mut rows);
    let error = error.expect_err("an error");
    assert!(error.reason == "value" && error.detail.contains("38 digits"), "{error:?}");
}
