//! Values that no log contains and that are read by calls.

use std::sync::Arc;

use alloy_primitives::{Address, Bytes};

/// A view function that is called at regular blocks because its value changes without a log, and at
/// the blocks in which a contract that it depends on has a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Probe {
    /// Contract.
    pub(crate) target: Address,
    /// Call data.
    pub(crate) input: Bytes,
    /// Called once in each so many consecutive blocks: at the first block with logs of the stream, or
    /// at the last block if there are none.
    pub(crate) every_blocks: u64,
    /// First block at which it is called, with or without logs.
    pub(crate) from_block: u64,
    /// Last block at which it is called.
    pub(crate) until_block: u64,
    /// Called too at every block with a log of one of these, in order.
    pub(crate) triggers: Arc<[Address]>,
    /// Whether the value may change once, without a log, between two of these calls: that block is
    /// searched for.
    pub(crate) is_searched: bool,
}

/// A probe's value at the end of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sample {
    /// The probe, an index in `Stream::probes`.
    pub(crate) probe: usize,
    /// The block.
    pub(crate) block: u64,
    /// The returned bytes; `None` if the call reverted.
    pub(crate) returned: Option<Bytes>,
}

impl Probe {
    /// Whether it may be called at a block.
    pub(crate) fn is_in_force(&self, block: u64) -> bool {
        (self.from_block..=self.until_block).contains(&block)
    }

    /// Whether a log of a contract triggers it.
    pub(crate) fn is_triggered_by(&self, contract: Address) -> bool {
        self.triggers.binary_search(&contract).is_ok()
    }
}
