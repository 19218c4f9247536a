//! Advisory locks for writers: of a partition, and of a chain's tables.

use std::fs::File;
use std::path::Path;

use super::root::Store;
use crate::error::LakeError;
use crate::schema::Partition;
use crate::tables::{Block, Row};

const LOCK_NAME: &str = ".lock";
const CHAIN_LOCK_NAME: &str = ".writers";

/// A lock of a chain's tables; it is released when it is dropped or its process ends.
#[derive(Debug)]
pub struct ChainLock(#[expect(dead_code, reason = "held until it is dropped")] File);

impl Store {
    /// Waits for the lock of a chain's tables.
    ///
    /// Rows of several tables are written one table after the other, the logs last. Whoever writes
    /// them, or removes rows that seem to lack their logs, holds the lock meanwhile: otherwise one
    /// process would remove what another is about to complete.
    ///
    /// # Errors
    /// [`LakeError::Io`] if the lock's file cannot be created or locked.
    pub fn lock_chain(&self, chain: &str) -> Result<ChainLock, LakeError> {
        let partition = Partition::new(const { &Block::TABLE }, &[chain])?;
        acquire_file(&self.root().join(partition.path()), CHAIN_LOCK_NAME).map(ChainLock)
    }
}

/// Waits for the partition's lock; it is released when the file is dropped or its process ends.
pub(super) fn acquire(folder: &Path) -> Result<File, LakeError> {
    acquire_file(folder, LOCK_NAME)
}

fn acquire_file(folder: &Path, name: &str) -> Result<File, LakeError> {
    std::fs::create_dir_all(folder).map_err(LakeError::io("create", folder))?;
    let path = folder.join(name);
    let open = File::options().create(true).truncate(false).write(true).open(&path);
    let file = open.map_err(LakeError::io("open", &path))?;
    file.lock().map_err(LakeError::io("lock", &path))?;
    Ok(file)
}
