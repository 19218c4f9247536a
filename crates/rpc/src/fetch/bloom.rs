//! Blooms: which logs a block may contain, and how likely a match is by chance.

use std::collections::HashMap;

use alloy_primitives::{Address, B256, Bloom, keccak256};

use crate::log::{Log, LogFilter};

/// Bits in a bloom.
const BLOOM_BITS: f64 = 2048.0;

/// The bits that one address or topic sets.
type BloomBits = [u16; 3];

/// A filter's addresses and signatures, hashed once for all blooms.
pub(super) struct HashedFilter {
    addresses: Vec<(Address, BloomBits)>,
    topics: Vec<BloomBits>,
}

impl HashedFilter {
    pub(super) fn new(filter: &LogFilter) -> Self {
        let address = |address: &Address| (*address, bloom_bits(address.as_slice()));
        Self {
            addresses: filter.addresses.iter().map(address).collect(),
            topics: filter.topics.iter().map(|topic| bloom_bits(topic.as_slice())).collect(),
        }
    }

    /// The first of the filter's contracts that may have a matching log in the block, if any.
    pub(super) fn matching_address(&self, bloom: &Bloom) -> Option<Address> {
        if !self.topics.is_empty() && !self.topics.iter().any(|bits| has_bits(bloom, bits)) {
            return None;
        }
        let contained = |(_, bits): &&(Address, BloomBits)| has_bits(bloom, bits);
        self.addresses.iter().find(contained).map(|(address, _)| *address)
    }

    /// The probability that a bloom with as many set bits matches an address and a signature of the
    /// filter although the block contains neither.
    ///
    /// With f the share of bits that are set, one address matches with probability f³, one of A
    /// with 1 − (1 − f³)^A, likewise the signatures.
    pub(super) fn false_positive_probability(&self, bloom: &Bloom) -> f64 {
        let set: u32 = bloom.iter().map(|byte| byte.count_ones()).sum();
        let missed = 1.0 - (f64::from(set) / BLOOM_BITS).powi(3);
        // `exp_m1` is accurate for probabilities far below one.
        let any = |count: usize| -(count as f64 * missed.ln()).exp_m1();
        let signature = if self.topics.is_empty() { 1.0 } else { any(self.topics.len()) };
        any(self.addresses.len()) * signature
    }
}

/// Tests logs against blooms, hashing each address and topic once.
///
/// An address may also be a topic, padded to 32 bytes, which has another hash.
#[derive(Default)]
pub(super) struct BloomTester {
    addresses: HashMap<Address, BloomBits>,
    topics: HashMap<B256, BloomBits>,
}

impl BloomTester {
    /// Whether the log's address and all of its topics are in the bloom.
    pub(super) fn may_contain(&mut self, bloom: &Bloom, log: &Log) -> bool {
        let Self { addresses, topics } = self;
        let address =
            addresses.entry(log.address).or_insert_with_key(|key| bloom_bits(key.as_slice()));
        let mut topic = |topic: &B256| {
            has_bits(
                bloom,
                topics.entry(*topic).or_insert_with_key(|key| bloom_bits(key.as_slice())),
            )
        };
        has_bits(bloom, address) && log.topics.iter().all(&mut topic)
    }
}

/// The bloom of some logs.
pub(super) fn logs_bloom(logs: &[Log]) -> Bloom {
    let mut bloom = Bloom::ZERO;
    for log in logs {
        bloom.accrue_raw_log(log.address, &log.topics);
    }
    bloom
}

fn bloom_bits(input: &[u8]) -> BloomBits {
    let hash = keccak256(input);
    [0, 2, 4].map(|at| u16::from_be_bytes([hash[at], hash[at + 1]]) & 0x7FF)
}

fn has_bits(bloom: &Bloom, bits: &BloomBits) -> bool {
    bits.iter().all(|bit| bloom[255 - usize::from(bit / 8)] >> (bit % 8) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::Bytes;
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    fn log(address: u8, topics: &[u8]) -> Log {
        Log {
            address: Address::with_last_byte(address),
            topics: topics.iter().copied().map(B256::with_last_byte).collect(),
            data: Bytes::new(),
            block: 0,
            block_hash: B256::ZERO,
            tx: B256::ZERO,
            log_index: 0,
            block_time_s: None,
        }
    }

    fn filter(addresses: &[u8], topics: &[u8]) -> LogFilter {
        LogFilter {
            addresses: addresses.iter().copied().map(Address::with_last_byte).collect(),
            topics: topics.iter().copied().map(B256::with_last_byte).collect(),
        }
    }

    proptest! {
        #[test]
        fn logs_bloom_may_contain_each_log(
            shapes in vec((any::<u8>(), vec(any::<u8>(), 0..4)), 1..30),
        ) {
            let logs: Vec<Log> =
                shapes.iter().map(|(address, topics)| log(*address, topics)).collect();
            let (bloom, mut tester) = (logs_bloom(&logs), BloomTester::default());
            for one in &logs {
                prop_assert!(tester.may_contain(&bloom, one));
                prop_assert!(!tester.may_contain(&Bloom::ZERO, one));
                let one_log = LogFilter {
                    addresses: vec![one.address],
                    topics: one.topics.first().copied().into_iter().collect(),
                };
                prop_assert_eq!(HashedFilter::new(&one_log).matching_address(&bloom), Some(one.address));
            }
        }

        #[test]
        fn hashed_filter_agrees_with_alloy_bloom(
            shapes in vec((0u8..40, vec(0u8..40, 1..3)), 0..12),
            addresses in vec(0u8..60, 0..4),
            topics in vec(0u8..60, 1..4),
        ) {
            let logs: Vec<Log> =
                shapes.iter().map(|(address, topics)| log(*address, topics)).collect();
            let (bloom, filter) = (logs_bloom(&logs), filter(&addresses, &topics));
            let expected = filter.addresses.iter().any(|address| {
                filter.topics.iter().any(|topic| bloom.contains_raw_log(*address, &[*topic]))
            });
            prop_assert_eq!(HashedFilter::new(&filter).matching_address(&bloom).is_some(), expected);
        }
    }

    #[test]
    fn false_positive_probability_is_that_of_two_independent_draws() {
        let half = Bloom::repeat_byte(0x0f);
        let odds = |addresses: &[u8], topics: &[u8]| {
            HashedFilter::new(&filter(addresses, topics)).false_positive_probability(&half)
        };
        assert!((odds(&[1], &[1]) - 0.5f64.powi(6)).abs() < 1e-12);
        assert!((odds(&[1], &[]) - 0.125).abs() < 1e-12);
        assert!((odds(&[1, 2], &[1]) - (1.0 - 0.875f64.powi(2)) * 0.125).abs() < 1e-12);
        assert_eq!(odds(&[], &[1]), 0.0);
        let full = HashedFilter::new(&filter(&[1], &[1]))
            .false_positive_probability(&Bloom::repeat_byte(0xff));
        assert!((full - 1.0).abs() < 1e-12);
    }
}
