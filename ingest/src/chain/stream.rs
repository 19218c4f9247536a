//! A stream: contracts that are read together, and how what they say becomes rows.

use arrow::array::RecordBatch;
use plimsoll_lake::Partition;
use plimsoll_rpc::{Log, LogFilter, UnverifiedLogs};

use super::decode::decoder::Decoder;
use super::decode::probe::Probe;
use super::lake_state::BlockRange;

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
