//! The files of a partition's folder.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::entry::FileEntry;
use crate::atomic_write::PARTIAL_EXTENSION;
use crate::error::LakeError;
use crate::schema::{CoveredRange, Partition, Table};

/// Removes partial and superseded files that killed writers left; the caller holds the lock.
pub(super) fn remove_leftovers(folder: &Path) -> Result<(), LakeError> {
    for path in list_folder(folder)? {
        if path.extension().is_some_and(|extension| extension == PARTIAL_EXTENSION) {
            remove(&path)?;
        }
    }
    for entry in superseded(covered_ranges(folder)?) {
        remove(&entry.0)?;
    }
    Ok(())
}

/// Removes a file; a missing file is not an error.
pub(super) fn remove(path: &Path) -> Result<(), LakeError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(LakeError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// The complete files of one partition with their ranges, superseded files included.
pub(super) fn covered_ranges(folder: &Path) -> Result<Vec<(PathBuf, CoveredRange)>, LakeError> {
    let range = |path: PathBuf| {
        let range = CoveredRange::parse(path.file_name()?.to_str()?)?;
        Some((path, range))
    };
    let mut ranges: Vec<_> = list_folder(folder)?.into_iter().filter_map(range).collect();
    ranges.sort_by_key(|(_, range)| *range);
    Ok(ranges)
}

/// The superseded files. A rewrite covers at least the range of the file it replaces, so a file
/// within another file's range is superseded.
fn superseded(ranges: Vec<(PathBuf, CoveredRange)>) -> Vec<(PathBuf, CoveredRange)> {
    let all: Vec<CoveredRange> = ranges.iter().map(|(_, range)| *range).collect();
    let within =
        |range: CoveredRange| all.iter().any(|&other| other != range && other.covers(range));
    ranges.into_iter().filter(|(_, range)| within(*range)).collect()
}

fn list_folder(folder: &Path) -> Result<Vec<PathBuf>, LakeError> {
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(LakeError::io("read", folder))?,
    };
    let path = |entry: io::Result<fs::DirEntry>| entry.map(|entry| entry.path());
    let mut paths: Vec<_> =
        listing.map(path).collect::<Result<_, _>>().map_err(LakeError::io("read", folder))?;
    paths.sort();
    Ok(paths)
}

/// The folders of a table's partitions, also of those without a file.
pub(super) fn list_partitions(
    root: &Path,
    table: &'static Table,
) -> Result<Vec<(PathBuf, Partition)>, LakeError> {
    let mut folders = vec![(root.join(table.name), Vec::<String>::new())];
    for column in table.partitioned_by {
        let mut deeper = Vec::new();
        for (folder, values) in folders {
            deeper.extend(list_folder(&folder)?.into_iter().filter_map(|path| {
                let name = path.file_name()?.to_str()?;
                let value = name.strip_prefix(column)?.strip_prefix('=')?.to_owned();
                Some((path, [&values[..], &[value]].concat()))
            }));
        }
        folders = deeper;
    }
    let partition =
        |(folder, values): (PathBuf, Vec<String>)| Ok((folder, Partition::new(table, &values)?));
    folders.into_iter().map(partition).collect()
}

/// The current files of a table, by partition and range.
pub(super) fn list_table(root: &Path, table: &'static Table) -> Result<Vec<FileEntry>, LakeError> {
    let mut files = Vec::new();
    for (folder, partition) in list_partitions(root, table)? {
        files.extend(list_partition(&folder, &partition)?);
    }
    Ok(files)
}

fn list_partition(folder: &Path, partition: &Partition) -> Result<Vec<FileEntry>, LakeError> {
    let all = covered_ranges(folder)?;
    let stale = superseded(all.clone());
    let mut files = Vec::new();
    for (path, range) in all.into_iter().filter(|file| !stale.contains(file)) {
        let metadata = fs::metadata(&path).map_err(LakeError::io("read", &path))?;
        let modified = metadata.modified().map_err(LakeError::io("read", &path))?;
        files.push(FileEntry {
            path,
            partition: partition.clone(),
            range,
            bytes: metadata.len(),
            modified,
        });
    }
    Ok(files)
}
