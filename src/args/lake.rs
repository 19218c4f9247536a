//! The lake that a command reads or writes.

use std::path::PathBuf;

use clap::Args;
use plimsoll_lake::Store;

/// An existing lake.
#[derive(Debug, Args)]
pub(crate) struct LakeArgs {
    /// Folder of the lake.
    #[arg(long, value_name = "DIR")]
    lake: PathBuf,
}

/// A lake that a command may create.
#[derive(Debug, Args)]
pub(crate) struct TargetLakeArgs {
    /// Folder of the lake; created if absent.
    #[arg(long, value_name = "DIR")]
    lake: PathBuf,
}

impl LakeArgs {
    /// The lake in a folder.
    pub(crate) const fn new(lake: PathBuf) -> Self {
        Self { lake }
    }

    /// Opens the lake.
    pub(crate) fn open(&self) -> anyhow::Result<Store> {
        Ok(Store::open(&self.lake)?)
    }
}

impl TargetLakeArgs {
    /// Opens the lake, or creates it.
    pub(crate) fn create(&self) -> anyhow::Result<Store> {
        Ok(Store::create(&self.lake)?)
    }
}
