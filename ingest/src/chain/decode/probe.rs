//! Values that no log contains and that are read by calls.

use alloy_primitives::{Address, Bytes};

/// A view function that is called at regular blocks because its value changes without a log.
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
