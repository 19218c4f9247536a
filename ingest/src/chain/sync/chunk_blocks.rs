//! The size of chunks.

/// Blocks of one chunk; the boundaries of files' windows are chunk boundaries.
pub(super) const CHUNK_BLOCKS: u64 = 10_000;
