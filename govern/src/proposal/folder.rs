//! A proposal's folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::artifacts::{Artifact, DOCUMENT, artifacts};
use super::document::{FORMAT, Proposal};
use crate::AipPolicy;

/// A folder that cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The file system failed.
    #[error("cannot {action} {path}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Something else is there.
    #[error("{path} is there and holds no {DOCUMENT}: it is not overwritten")]
    Taken {
        /// The folder.
        path: PathBuf,
    },
    /// The document cannot be written or read.
    #[error("{path} is no proposal that this program reads")]
    Json {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: serde_json::Error,
    },
    /// The document has another layout.
    #[error("{path} has layout {found}, not {FORMAT}")]
    Format {
        /// The file.
        path: PathBuf,
        /// Its layout.
        found: u32,
    },
}

impl Proposal {
    /// Writes the proposal's files aside and puts them in the place of `folder`, which may hold
    /// an earlier proposal.
    ///
    /// # Errors
    /// [`FolderError`] if something else is there, or the file system fails.
    pub fn write(&self, folder: &Path, aip: &AipPolicy) -> Result<(), FolderError> {
        let at = |action, path: &Path| {
            let path = path.to_owned();
            move |source| FolderError::Io { action, path, source }
        };
        if folder.exists() && !folder.join(DOCUMENT).is_file() {
            return Err(FolderError::Taken { path: folder.to_owned() });
        }
        let files = artifacts(self, aip)
            .map_err(|source| FolderError::Json { path: folder.join(DOCUMENT), source })?;
        let aside = folder.with_extension(format!("partial-{}", std::process::id()));
        fs::create_dir_all(&aside).map_err(at("make", &aside))?;
        for Artifact { name, text } in files {
            let path = aside.join(name);
            fs::write(&path, text).map_err(at("write", &path))?;
        }
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(at("remove", folder))?;
        }
        fs::rename(&aside, folder).map_err(at("rename", &aside))
    }

    /// Reads the document of a folder.
    ///
    /// # Errors
    /// [`FolderError`] if there is none, or another program wrote it.
    pub fn read(folder: &Path) -> Result<Self, FolderError> {
        let path = folder.join(DOCUMENT);
        let text = fs::read(&path).map_err(|source| FolderError::Io {
            action: "read",
            path: path.clone(),
            source,
        })?;
        let proposal: Self = serde_json::from_slice(&text)
            .map_err(|source| FolderError::Json { path: path.clone(), source })?;
        if proposal.format != FORMAT {
            return Err(FolderError::Format { path, found: proposal.format });
        }
        Ok(proposal)
    }
}
