//! The plan of an import: which files of a folder a mapping reads, determined before any is opened.

use std::collections::BTreeSet;
use std::path::Path;

use super::folder::SourceFile;
use crate::csv::error::IngestError;
use crate::csv::mapping::{Captures, FileMapping, Mapping};

/// The files of each entry, the unmatched files and the patterns without a file.
pub(crate) struct ImportPlan<'a> {
    pub(crate) steps: Vec<ImportStep<'a>>,
    /// Files that match no entry.
    pub(crate) unmatched_files: Vec<String>,
    /// Patterns that match no file.
    pub(crate) absent_patterns: Vec<String>,
}

/// One entry and its files, ordered by path.
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
        let steps: Vec<_> = mapping
            .files
            .iter()
            .map(|file_mapping| plan_step(file_mapping, found))
            .collect::<Result<_, _>>()?;
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
        let remaining = found.iter().filter(|file| !read.contains(file.path.as_str()));
        let unmatched = remaining.map(|file| file.path.clone()).collect();
        let absent = steps.iter().filter(|step| step.files.is_empty()).map(pattern).collect();
        Ok(Self { steps, unmatched_files: unmatched, absent_patterns: absent })
    }

    /// Total size on disk of the files to read, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.steps.iter().flat_map(|step| &step.files).map(|(file, _)| file.bytes).sum()
    }
}

fn plan_step<'a>(
    file_mapping: &'a FileMapping,
    found: &[SourceFile],
) -> Result<ImportStep<'a>, IngestError> {
    let mut files: Vec<(SourceFile, Captures)> = Vec::new();
    for file in found {
        let Some(captures) = file_mapping.pattern.match_name(file.file_name()) else { continue };
        // A copy in another folder, or compressed beside uncompressed, would count every row twice.
        if let Some((first, _)) = files.iter().find(|(_, earlier)| *earlier == captures) {
            let (first, second) = (first.path.clone(), file.path.clone());
            return Err(IngestError::DuplicateFile {
                pattern: file_mapping.pattern.as_str().to_owned(),
                first,
                second,
            });
        }
        files.push((file.clone(), captures));
    }
    Ok(ImportStep { file_mapping, files })
}
