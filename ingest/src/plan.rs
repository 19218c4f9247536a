//! Which files of a source folder a mapping reads, decided before any is opened.

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::IngestError;
use crate::mapping::{Captures, FileMapping, Mapping};
use crate::source::SourceFile;

/// The files that each entry reads, and what is left over on either side.
pub(crate) struct ImportPlan<'a> {
    pub(crate) steps: Vec<ImportStep<'a>>,
    /// Files that no entry reads.
    pub(crate) unmatched_files: Vec<String>,
    /// Patterns that no file matches.
    pub(crate) absent_patterns: Vec<String>,
}

/// One entry and its files, in order of their paths.
pub(crate) struct ImportStep<'a> {
    pub(crate) file_mapping: &'a FileMapping,
    pub(crate) files: Vec<(SourceFile, Captures)>,
}

impl<'a> ImportPlan<'a> {
    pub(crate) fn new(
        mapping: &'a Mapping,
        source_dir: &Path,
        found: &[SourceFile],
    ) -> Result<Self, IngestError> {
        let steps: Vec<_> =
            mapping.files.iter().map(|entry| plan_step(entry, found)).collect::<Result<_, _>>()?;
        let read: BTreeSet<&str> =
            steps.iter().flat_map(|step| &step.files).map(|(file, _)| file.path.as_str()).collect();
        let pattern = |step: &ImportStep<'_>| step.file_mapping.pattern.as_str().to_owned();
        if read.is_empty() {
            let patterns = steps.iter().map(pattern).collect::<Vec<_>>().join(", ");
            return Err(IngestError::NoMatchingFile {
                source_dir: source_dir.to_owned(),
                patterns,
            });
        }
        let left = found.iter().filter(|file| !read.contains(file.path.as_str()));
        let unmatched = left.map(|file| file.path.clone()).collect();
        let absent = steps.iter().filter(|step| step.files.is_empty()).map(pattern).collect();
        Ok(Self { steps, unmatched_files: unmatched, absent_patterns: absent })
    }

    /// Bytes on disk of all that is read.
    pub(crate) fn bytes(&self) -> u64 {
        self.steps.iter().flat_map(|step| &step.files).map(|(file, _)| file.bytes).sum()
    }
}

fn plan_step<'a>(
    entry: &'a FileMapping,
    found: &[SourceFile],
) -> Result<ImportStep<'a>, IngestError> {
    let mut files: Vec<(SourceFile, Captures)> = Vec::new();
    for file in found {
        let Some(captures) = entry.pattern.match_name(file.file_name()) else { continue };
        // A copy in another folder, or one zipped and one not, would count every row twice.
        if let Some((first, _)) = files.iter().find(|(_, held)| *held == captures) {
            let (first, second) = (first.path.clone(), file.path.clone());
            return Err(IngestError::DuplicateFile {
                pattern: entry.pattern.as_str().to_owned(),
                first,
                second,
            });
        }
        files.push((file.clone(), captures));
    }
    Ok(ImportStep { file_mapping: entry, files })
}
