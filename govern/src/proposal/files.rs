//! Writes and reads a proposal's folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use plimsoll_lake::{LakeError, write_atomically, write_folder_atomically};

use super::artifacts::{Artifact, DOCUMENT_FILE, render_artifacts};
use super::document::{FORMAT_VERSION, Proposal};
use crate::policy::AipPolicy;

/// A folder that cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProposalFileError {
    /// A file or folder cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The path.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A file or folder cannot be written.
    #[error("cannot write the proposal")]
    Write(#[from] LakeError),
    /// The folder exists and is not a proposal's.
    #[error("{path} exists and contains no {DOCUMENT_FILE}: it is not overwritten")]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// There is no proposal.
    #[error("neither {path} nor a folder in it contains a {DOCUMENT_FILE}")]
    NotFound {
        /// The folder.
        path: PathBuf,
    },
    /// The document cannot be serialized.
    #[error("{path} cannot be serialized")]
    Json {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: serde_json::Error,
    },
    /// The document cannot be parsed.
    #[error("{path} is not a proposal that this program can read")]
    Document {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: ProposalParseError,
    },
}

/// A text that is not a proposal document of this layout version.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProposalParseError {
    /// The text is not a proposal document.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The document has another layout version.
    #[error("the layout version is {found}, not {FORMAT_VERSION}")]
    Format {
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
        if folder.exists() && !folder.join(DOCUMENT_FILE).is_file() {
            return Err(ProposalFileError::Occupied { path: folder.to_owned() });
        }
        let files = render_artifacts(self, aip).map_err(|source| ProposalFileError::Json {
            path: folder.join(DOCUMENT_FILE),
            source,
        })?;
        write_folder_atomically(folder, |partial| {
            for Artifact { name, text } in files {
                write_atomically(&partial.join(name), text)?;
            }
            Ok(())
        })
    }

    /// Parses a document, the content of `proposal.json`.
    ///
    /// # Errors
    /// [`ProposalParseError`] if it is not a proposal, or has another layout version.
    pub fn parse(document: &[u8]) -> Result<Self, ProposalParseError> {
        let proposal: Self = serde_json::from_slice(document)?;
        if proposal.format != FORMAT_VERSION {
            return Err(ProposalParseError::Format { found: proposal.format });
        }
        Ok(proposal)
    }

    /// Reads the document of a folder.
    ///
    /// # Errors
    /// [`ProposalFileError`] if there is none, or it cannot be parsed.
    pub fn read(folder: &Path) -> Result<Self, ProposalFileError> {
        let path = folder.join(DOCUMENT_FILE);
        let document = fs::read(&path).map_err(read_error(&path))?;
        Self::parse(&document).map_err(|source| ProposalFileError::Document { path, source })
    }

    /// Reads the proposals of a folder: its own, or those of the folders in it, by name.
    ///
    /// # Errors
    /// [`ProposalFileError`] if there is none, or one cannot be read.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>, ProposalFileError> {
        if folder.join(DOCUMENT_FILE).is_file() {
            return Ok(vec![Self::read(folder)?]);
        }
        let mut folders = Vec::new();
        for entry in fs::read_dir(folder).map_err(read_error(folder))? {
            folders.push(entry.map_err(read_error(folder))?.path());
        }
        folders.retain(|folder| folder.join(DOCUMENT_FILE).is_file());
        folders.sort();
        if folders.is_empty() {
            return Err(ProposalFileError::NotFound { path: folder.to_owned() });
        }
        folders.iter().map(|folder| Self::read(folder)).collect()
    }
}

fn read_error(path: &Path) -> impl FnOnce(io::Error) -> ProposalFileError {
    let path = path.to_owned();
    move |source| ProposalFileError::Read { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_without_a_proposal_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("other")).unwrap();
        let error = Proposal::read_all(folder.path()).unwrap_err();
        assert!(matches!(error, ProposalFileError::NotFound { .. }), "{error}");
        let error = Proposal::read(folder.path()).unwrap_err();
        assert!(matches!(error, ProposalFileError::Read { .. }), "{error}");
    }

    #[test]
    fn other_json_is_no_proposal() {
        assert!(matches!(Proposal::parse(b"{}"), Err(ProposalParseError::Json(_))));
    }
}
