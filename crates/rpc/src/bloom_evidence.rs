//! Whether the blooms of a chain's headers prove anything.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::header::Header;

/// What is known of a chain's blooms.
///
/// Some chains, and some nodes of others, return headers whose bloom is empty although the block
/// has logs. Such a bloom proves neither that a log is in the block nor that there is none.
#[derive(Debug, Default)]
pub(crate) struct BloomEvidence {
    has_some: AtomicBool,
    is_absent: AtomicBool,
}

impl BloomEvidence {
    /// Records a header; one bloom that is not empty shows that the chain has blooms.
    pub(crate) fn record(&self, header: &Header) {
        if !header.has_empty_bloom() {
            self.has_some.store(true, Ordering::Relaxed);
        }
    }

    /// Whether a header with a bloom that is not empty was seen.
    pub(crate) fn has_some(&self) -> bool {
        self.has_some.load(Ordering::Relaxed)
    }

    /// Whether a block with logs was found whose bloom is empty at every endpoint.
    pub(crate) fn is_absent(&self) -> bool {
        self.is_absent.load(Ordering::Relaxed)
    }

    /// Records that a block has logs and an empty bloom; returns whether that is new.
    pub(crate) fn record_absent(&self) -> bool {
        !self.is_absent.swap(true, Ordering::Relaxed)
    }
}
