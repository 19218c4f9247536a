//! Entries of the file listing.

use std::path::PathBuf;
use std::time::SystemTime;

use crate::schema::{CoveredRange, Partition};

/// One complete file.
#[derive(Debug, Clone)]
pub struct FileEntry {
    /// Path of the file.
    pub path: PathBuf,
    /// Partition of the file.
    pub partition: Partition,
    /// Range that the file covers.
    pub range: CoveredRange,
    /// Size, bytes.
    pub bytes: u64,
    /// Time of the last write.
    pub modified: SystemTime,
}
