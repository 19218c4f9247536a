//! A stream: contracts that are read together, and the decoder of their logs.

use arrow::array::RecordBatch;
use plimsoll_lake::Partition;
use plimsoll_rpc::{Log, LogFilter, UnverifiedLogs};

use super::decode::decoder::Decoder;
use super::decode::probe::Probe;
use super::lake_state::BlockRange;

/// Contracts with one coverage in the lake: a range of blocks is read for all of them or none.
pub(crate) struct Stream {
    /// Its name in the lake, such as `aave-v3.core`.
    pub(crate) name: String,
    /// Its contracts and events.
    pub(crate) filter: LogFilter,
    /// The logs that the stream was discovered by.
    pub(crate) evidence: DiscoveryEvidence,
    /// Partitions that are replaced as a whole, with their rows.
    pub(crate) static_tables: Vec<(Partition, RecordBatch)>,
    /// Partitions that every range covers, also where it has no rows for them.
    pub(crate) partitions: Vec<Partition>,
    /// Values that no log contains and that are read by calls.
    pub(crate) probes: Vec<Probe>,
    /// Decodes logs into rows.
    pub(crate) decoder: Box<dyn Decoder>,
}

/// The logs that a stream was discovered by; they are fetched again with the rest, and verified.
#[derive(Debug, Default)]
pub(crate) struct DiscoveryEvidence {
    pub(crate) filter: LogFilter,
    pub(crate) unverified: UnverifiedLogs,
}

impl DiscoveryEvidence {
    /// The first of some blocks whose verified logs differ from those that discovery used.
    pub(crate) fn first_disagreement(
        &self,
        (from, to): BlockRange,
        verified: &[Log],
    ) -> Option<u64> {
        let mut unverified =
            self.unverified.logs.iter().filter(|log| from <= log.block && log.block <= to);
        let mut verified = verified.iter().filter(|log| self.filter.matches(log));
        loop {
            let (unverified, verified) = (unverified.next(), verified.next());
            if unverified != verified {
                return unverified.into_iter().chain(verified).map(|log| log.block).min();
            }
            unverified?;
        }
    }
}
