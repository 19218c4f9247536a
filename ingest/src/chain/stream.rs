//! A stream: contracts that are read together, and how what they say becomes rows.

use std::collections::HashMap;

use alloy_primitives::{Address, B256, Bytes, U256};
use arrow::array::RecordBatch;
use plimsoll_lake::Partition;

use super::fetch::UnverifiedLogs;
use super::plan::BlockRange;
use plimsoll_lake::DecodedRows;
use plimsoll_rpc::Header;
use plimsoll_rpc::{Log, LogFilter};

/// Contracts with one coverage in the lake: a range of blocks was read for all of them or none.
pub(crate) struct Stream {
    /// Its name in the lake, such as `aave-v3.core`.
    pub(crate) name: String,
    /// Whom to ask for which events.
    pub(crate) filter: LogFilter,
    /// What the stream was discovered by.
    pub(crate) evidence: DiscoveryEvidence,
    /// Tables that are known as a whole, with their rows.
    pub(crate) static_tables: Vec<(Partition, RecordBatch)>,
    /// Partitions that every range covers, also where it holds nothing for them.
    pub(crate) partitions: Vec<Partition>,
    /// What no log tells and must be asked for by calls.
    pub(crate) probes: Vec<Probe>,
    /// From logs to rows.
    pub(crate) decoder: Box<dyn Decoder>,
}

/// The logs that a stream was discovered by; they are read again with the rest, and then proven.
#[derive(Debug, Default)]
pub(crate) struct DiscoveryEvidence {
    pub(crate) filter: LogFilter,
    pub(crate) unverified: UnverifiedLogs,
}

impl DiscoveryEvidence {
    /// The first of some blocks whose proven logs are not those that discovery went by.
    pub(crate) fn first_disagreement(&self, (from, to): BlockRange, proven: &[Log]) -> Option<u64> {
        let mut told =
            self.unverified.logs.iter().filter(|log| from <= log.block && log.block <= to);
        let mut proven = proven.iter().filter(|log| self.filter.matches(log));
        loop {
            let (told, proven) = (told.next(), proven.next());
            if told != proven {
                return told.into_iter().chain(proven).map(|log| log.block).min();
            }
            told?;
        }
    }
}

/// A view function that is called at regular blocks because its answer changes without a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Probe {
    /// Contract.
    pub(crate) target: Address,
    /// Call data.
    pub(crate) input: Bytes,
    /// Called at every block that this divides.
    pub(crate) every_blocks: u64,
    /// First block at which it is called.
    pub(crate) from_block: u64,
    /// Last block at which it is called.
    pub(crate) until_block: u64,
}

/// A probe's answer at the end of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sample {
    /// The probe, as a place in [`Stream::probes`].
    pub(crate) probe: usize,
    /// The block.
    pub(crate) block: u64,
    /// What was returned; `None` if the call reverted.
    pub(crate) returned: Option<Bytes>,
}

/// The reason of a fault that is not the log's: it tells of what discovery should have found.
pub(crate) const UNDISCOVERED: &str = "undiscovered";

/// Why a log cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecodeError {
    /// `encoding` or `value`.
    pub(crate) reason: &'static str,
    /// The fault, in words, with the value and the limit.
    pub(crate) detail: String,
}

impl DecodeError {
    pub(crate) fn encoding(error: &alloy_sol_types::Error) -> Self {
        Self { reason: "encoding", detail: error.to_string() }
    }

    pub(crate) fn undiscovered(detail: String) -> Self {
        Self { reason: UNDISCOVERED, detail }
    }

    pub(crate) fn value(detail: String) -> Self {
        Self { reason: "value", detail }
    }
}

/// Turns a stream's logs into rows, in order of block and log index, without asking anybody.
///
/// A stream that is resumed is first replayed from the lake's own logs, to fill its registers.
pub(crate) trait Decoder: Send {
    /// Whether a log that passed the filter is the stream's at that block.
    fn accepts(&self, _log: &Log) -> bool {
        true
    }

    /// Decodes one log; a fault quarantines it and leaves `rows` and `registers` as they were.
    fn decode(
        &mut self,
        log: &Log,
        header: &Header,
        registers: &mut DecoderState,
        rows: &mut DecodedRows,
    ) -> Result<(), DecodeError>;

    /// Takes a probe's answer; comes after the logs of its block.
    fn decode_sample(&mut self, _sample: &Sample, _header: &Header, _rows: &mut DecodedRows) {}

    /// Closes a block; comes after its logs and samples.
    fn end_block(&mut self, _header: &Header, _rows: &mut DecodedRows) {}
}

/// What a decoder remembers from log to log, by contract and key: a few words each.
#[derive(Debug, Default, Clone)]
pub(crate) struct DecoderState(HashMap<(Address, B256), [U256; 3]>);

impl DecoderState {
    /// Three words, zero if never set.
    pub(crate) fn get(&self, contract: Address, key: B256) -> [U256; 3] {
        self.0.get(&(contract, key)).copied().unwrap_or_default()
    }

    /// Sets three words; zeros are forgotten.
    pub(crate) fn set(&mut self, contract: Address, key: B256, words: [U256; 3]) {
        if words == [U256::ZERO; 3] {
            self.0.remove(&(contract, key));
        } else {
            self.0.insert((contract, key), words);
        }
    }
}
