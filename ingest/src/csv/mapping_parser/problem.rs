//! Errors of a mapping with their location.

use std::path::Path;

use toml::Spanned;

use crate::csv::error::IngestError;

/// An error of a mapping at a byte offset of its text.
pub(crate) struct MappingProblem {
    pub(crate) offset: usize,
    pub(crate) key: String,
    pub(crate) problem: String,
}

impl MappingProblem {
    pub(crate) fn new<T>(at: &Spanned<T>, key: &str, problem: impl Into<String>) -> Self {
        Self { offset: at.span().start, key: key.to_owned(), problem: problem.into() }
    }

    pub(crate) fn from_toml(error: &toml::de::Error, text: &str) -> Self {
        let offset = error.span().map_or(0, |span| span.start);
        let line = text.lines().nth(line_number(text, offset) - 1).unwrap_or_default();
        let key = line.split('=').next().unwrap_or_default().trim().to_owned();
        Self { offset, key, problem: error.message().to_owned() }
    }

    pub(crate) fn into_error(self, path: &Path, text: &str) -> IngestError {
        let line = line_number(text, self.offset);
        IngestError::Mapping { path: path.to_owned(), line, key: self.key, problem: self.problem }
    }
}

/// The line, counted from 1, that contains a byte of a text.
pub(crate) fn line_number(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1
}
