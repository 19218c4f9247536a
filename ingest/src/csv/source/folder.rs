//! Listing and reading of the files of a source folder.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use indicatif::ProgressBar;

use super::csv_file::CsvFile;
use crate::csv::error::IngestError;
use crate::csv::mapping::Captures;

/// A file below the source folder.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    /// Path relative to the source folder, with `/` as separator.
    pub(crate) path: String,
    /// Size on disk, bytes.
    pub(crate) bytes: u64,
}

impl SourceFile {
    /// The last part of the path.
    pub(crate) fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Lists every file below a folder, ordered by path; links to folders are not followed.
pub(crate) fn list_files(folder: &Path) -> Result<Vec<SourceFile>, IngestError> {
    let mut found = Vec::new();
    walk(folder, "", &mut found)?;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<SourceFile>) -> Result<(), IngestError> {
    let failed = |source| IngestError::Io { path: folder.to_owned(), source };
    for entry in folder.read_dir().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().map_err(failed)?.is_dir() {
            walk(&entry.path(), &format!("{path}/"), found)?;
            continue;
        }
        let metadata = std::fs::metadata(entry.path());
        let metadata = metadata.map_err(|source| IngestError::Io { path: entry.path(), source })?;
        if metadata.is_file() {
            found.push(SourceFile { path, bytes: metadata.len() });
        }
    }
    Ok(())
}

/// Reads a file completely and decompresses it if its name ends in `.gz`; the bar counts bytes on
/// disk.
pub(crate) fn read_file(
    folder: &Path,
    file: &SourceFile,
    captures: Captures,
    bar: &ProgressBar,
) -> Result<CsvFile, IngestError> {
    let path = folder.join(&file.path);
    let open = |source| IngestError::Io { path: path.clone(), source };
    let on_disk = bar.wrap_read(File::open(&path).map_err(open)?);
    let mut bytes = Vec::new();
    let zipped = file.path.ends_with(".gz");
    let outcome: io::Result<usize> = if zipped {
        MultiGzDecoder::new(BufReader::new(on_disk)).read_to_end(&mut bytes)
    } else {
        BufReader::new(on_disk).read_to_end(&mut bytes)
    };
    match outcome {
        Ok(_) => match other_encoding(&bytes) {
            Some(encoding) => Err(IngestError::Encoding { path, encoding }),
            None => Ok(CsvFile::new(file.path.clone(), captures, bytes)),
        },
        Err(source) if zipped => Err(IngestError::Gzip { path, source }),
        Err(source) => Err(IngestError::Io { path, source }),
    }
}

/// The encoding of a file with a mark of another encoding than UTF-8, or with zero bytes.
fn other_encoding(bytes: &[u8]) -> Option<&'static str> {
    let marks: [(&[u8], &str); 4] = [
        (b"\xff\xfe\0\0", "UTF-32 (little endian)"),
        (b"\0\0\xfe\xff", "UTF-32 (big endian)"),
        (b"\xff\xfe", "UTF-16 (little endian)"),
        (b"\xfe\xff", "UTF-16 (big endian)"),
    ];
    let marked = marks.into_iter().find(|(mark, _)| bytes.starts_with(mark));
    let start = &bytes[..bytes.len().min(64)];
    // Headers are ASCII, half of whose bytes are zero in UTF-16.
    let zeros = start.iter().filter(|byte| **byte == 0).count();
    marked.map(|(_, name)| name).or((zeros * 3 > start.len()).then_some("UTF-16"))
}
