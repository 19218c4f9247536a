//! What is wrong with a mapping, and where.

use std::path::Path;

use toml::Spanned;

use crate::error::IngestError;

/// A fault of a mapping, at a byte of its text.
pub(super) struct MappingProblem {
    pub(super) offset: usize,
    pub(super) key: String,
    pub(super) problem: String,
}

impl MappingProblem {
    pub(super) fn new<T>(at: &Spanned<T>, key: &str, problem: impl Into<String>) -> Self {
        Self { offset: at.span().start, key: key.to_owned(), problem: problem.into() }
    }

    pub(super) fn from_toml(error: &toml::de::Error, text: &str) -> Self {
        let offset = error.span().map_or(0, |span| span.start);
        let line = text.lines().nth(line_number(text, offset) - 1).unwrap_or_default();
        let key = line.split('=').next().unwrap_or_default().trim().to_owned();
        Self { offset, key, problem: error.message().to_owned() }
    }

    pub(super) fn into_error(self, path: &Path, text: &str) -> IngestError {
        let line = line_number(text, self.offset);
        IngestError::Mapping { path: path.to_owned(), line, key: self.key, problem: self.problem }
    }
}

/// The line, counted from 1, on which a byte of a text stands.
pub(super) fn line_number(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1
}
