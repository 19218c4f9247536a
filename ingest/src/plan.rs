//! Which files of a source folder a mapping reads, decided before any is opened.

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::IngestError;
use crate::mapping::{Captures, Entry, Mapping};
use crate::source::Found;

/// The files that each entry reads, and what is left over on either side.
pub(crate) struct Plan<'a> {
    pub(crate) steps: Vec<Step<'a>>,
    /// Files that no entry reads.
    pub(crate) unmatched: Vec<String>,
    /// Patterns that no file matches.
    pub(crate) absent: Vec<String>,
}

/// One entry and its files, in order of their paths.
pub(crate) struct Step<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) files: Vec<(Found, Captures)>,
}

impl<'a> Plan<'a> {
    pub(crate) fn of(
        mapping: &'a Mapping,
        source_dir: &Path,
        found: &[Found],
    ) -> Result<Self, IngestError> {
        let steps: Vec<_> =
            mapping.entries.iter().map(|entry| step(entry, found)).collect::<Result<_, _>>()?;
        let read: BTreeSet<&str> =
            steps.iter().flat_map(|step| &step.files).map(|(file, _)| file.path.as_str()).collect();
        let pattern = |step: &Step<'_>| step.entry.pattern.as_str().to_owned();
        if read.is_empty() {
            let patterns = steps.iter().map(pattern).collect::<Vec<_>>().join(", ");
            return Err(IngestError::NothingMatched {
                source_dir: source_dir.to_owned(),
                patterns,
            });
        }
        let left = found.iter().filter(|file| !read.contains(file.path.as_str()));
        let unmatched = left.map(|file| file.path.clone()).collect();
        let absent = steps.iter().filter(|step| step.files.is_empty()).map(pattern).collect();
        Ok(Self { steps, unmatched, absent })
    }

    /// Bytes on disk of all that is read.
    pub(crate) fn bytes(&self) -> u64 {
        self.steps.iter().flat_map(|step| &step.files).map(|(file, _)| file.bytes).sum()
    }
}

fn step<'a>(entry: &'a Entry, found: &[Found]) -> Result<Step<'a>, IngestError> {
    let mut files: Vec<(Found, Captures)> = Vec::new();
    for file in found {
        let Some(captures) = entry.pattern.matches(file.name()) else { continue };
        // A copy in another folder, or one zipped and one not, would count every row twice.
        if let Some((first, _)) = files.iter().find(|(_, held)| *held == captures) {
            let (first, second) = (first.path.clone(), file.path.clone());
            return Err(IngestError::SameFile {
                pattern: entry.pattern.as_str().to_owned(),
                first,
                second,
            });
        }
        files.push((file.clone(), captures));
    }
    Ok(Step { entry, files })
}
