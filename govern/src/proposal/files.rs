//! Writes and reads a proposal's folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::artifacts::{Artifact, DOCUMENT_FILE, render_artifacts};
use super::document::{FORMAT_VERSION, Proposal};
use crate::policy::AipPolicy;

/// A folder that cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ProposalFileError {
    /// The file system failed.
    #[error("cannot {action} {path}")]
    Io {
        /// The attempted action.
        action: &'static str,
        /// The path.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The folder exists and is not a proposal's.
    #[error("{path} is there and holds no {DOCUMENT_FILE}: it is not overwritten")]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// The document cannot be serialized or parsed.
    #[error("{path} is no proposal that this program reads")]
    Json {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: serde_json::Error,
    },
    /// The document has another layout version.
    #[error("{path} has layout {found}, not {FORMAT_VERSION}")]
    Format {
        /// The file.
        path: PathBuf,
        /// Its layout version.
        found: u32,
    },
}

impl Proposal {
    /// Writes the proposal's files to a temporary folder and renames it to `folder`, which may
    /// contain an earlier proposal.
    ///
    /// # Errors
    /// [`ProposalFileError`] if `folder` is not a proposal's, or the file system fails.
    pub fn write(&self, folder: &Path, aip: &AipPolicy) -> Result<(), ProposalFileError> {
        let at = |action, path: &Path| {
            let path = path.to_owned();
            move |source| ProposalFileError::Io { action, path, source }
        };
        if folder.exists() && !folder.join(DOCUMENT_FILE).is_file() {
            return Err(ProposalFileError::Occupied { path: folder.to_owned() });
        }
        let files = render_artifacts(self, aip).map_err(|source| ProposalFileError::Json {
            path: folder.join(DOCUMENT_FILE),
            source,
        })?;
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
    pub fn read(folder: &Path) -> Result<Self, ProposalFileError> {
        let path = folder.join(DOCUMENT_FILE);
        let text = fs::read(&path).map_err(|source| ProposalFileError::Io {
            action: "read",
            path: path.clone(),
            source,
        })?;
        let proposal: Self = serde_json::from_slice(&text)
            .map_err(|source| ProposalFileError::Json { path: path.clone(), source })?;
        if proposal.format != FORMAT_VERSION {
            return Err(ProposalFileError::Format { path, found: proposal.format });
        }
        Ok(proposal)
    }
}
