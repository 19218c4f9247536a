//! Atomic file writes: write to a temporary name, sync, rename.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::error::LakeError;

/// Extension of a file that is not complete.
pub(crate) const PARTIAL_EXTENSION: &str = "partial";

/// Writes a file atomically: a file with the final name is always complete.
///
/// The contents are written to a temporary file in the same folder, with the extension `partial`
/// instead of the path's own, synced and renamed. A previous file is replaced. If the contents
/// cannot be written or renamed, the temporary file is removed and the previous file is unchanged.
///
/// # Errors
/// [`LakeError::Io`] if the file cannot be created, written or renamed, or if its folder cannot be
/// synced; in the last case the new file is in place, but may not survive a power failure.
pub fn write_atomically(path: &Path, contents: impl AsRef<[u8]>) -> Result<(), LakeError> {
    write_atomically_with(path, |file, partial| {
        file.write_all(contents.as_ref()).map_err(LakeError::io("write", partial))
    })
}

/// Writes a file atomically, like [`write_atomically`], with contents that `write` produces.
///
/// `write` is called with the temporary file and its path.
///
/// # Errors
/// The error of `write`, and [`LakeError::Io`] if the file cannot be created, synced or renamed.
pub(crate) fn write_atomically_with<E: From<LakeError>>(
    path: &Path,
    write: impl FnOnce(&mut File, &Path) -> Result<(), E>,
) -> Result<(), E> {
    let partial = path.with_extension(PARTIAL_EXTENSION);
    let mut file = File::create(&partial).map_err(LakeError::io("create", &partial))?;
    let written = write(&mut file, &partial).and_then(|()| {
        file.sync_all().map_err(LakeError::io("write", &partial))?;
        fs::rename(&partial, path).map_err(LakeError::io("rename", &partial))?;
        Ok(())
    });
    if written.is_err() {
        // The first error is reported.
        let _ = fs::remove_file(&partial);
    }
    written?;
    sync_parent(path)?;
    Ok(())
}

/// Renames a file and syncs its folder.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), LakeError> {
    fs::rename(from, to).map_err(LakeError::io("rename", from))?;
    sync_parent(to)
}

/// Makes a rename within a folder durable, where the folder may be read.
pub(crate) fn sync_parent(path: &Path) -> Result<(), LakeError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        // A bare file name is relative to the working folder.
        _ => Path::new("."),
    };
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // A folder that may be written but not read cannot be opened to sync it.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        synced => synced.map_err(LakeError::io("write", folder)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_replace_the_previous_file_without_a_remainder() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("report.json");
        write_atomically(&path, "a longer first version").expect("written");
        write_atomically(&path, b"second").expect("written");
        assert_eq!(fs::read(&path).expect("a file"), b"second");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn failed_write_keeps_the_previous_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("report.json");
        write_atomically(&path, "first").expect("written");
        let failed = write_atomically_with(&path, |file, partial| {
            file.write_all(b"half").map_err(LakeError::io("write", partial))?;
            Err(LakeError::NotALake(partial.into()))
        });
        assert!(matches!(failed, Err(LakeError::NotALake(_))));
        assert_eq!(fs::read(&path).expect("a file"), b"first");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn error_names_the_file_in_a_missing_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = write_atomically(&folder.path().join("absent/report.json"), "x").unwrap_err();
        assert!(error.is_not_found() && error.to_string().contains("absent/report.partial"));
    }
}
