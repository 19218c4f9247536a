//! The root folder of a lake.

use std::path::{Path, PathBuf};

use crate::error::LakeError;
use crate::schema::Table;
use crate::tables::TABLES;

/// A lake on the local file system.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// Opens an existing lake.
    ///
    /// # Errors
    /// [`LakeError::NotALake`] if the folder is missing or contains no table.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, LakeError> {
        let root = root.into();
        let is_table = |table: &&Table| root.join(table.name).is_dir();
        if TABLES.iter().any(is_table) { Ok(Self { root }) } else { Err(LakeError::NotALake(root)) }
    }

    /// Opens a lake, creating its folder if necessary.
    ///
    /// # Errors
    /// [`LakeError::Io`] if the folder cannot be created.
    pub fn create(root: impl Into<PathBuf>) -> Result<Self, LakeError> {
        let root = root.into();
        std::fs::create_dir_all(&root).map_err(LakeError::io("create", &root))?;
        Ok(Self { root })
    }

    /// The lake's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }
}
