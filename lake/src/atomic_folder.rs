//! Atomic folder writes: write to a temporary folder, rename.

use std::fs;
use std::path::{Path, PathBuf};

use crate::atomic_write::{PARTIAL_EXTENSION, rename};
use crate::error::LakeError;

/// Writes a folder completely or not at all.
///
/// `write` is called with an empty temporary folder beside `folder`, named like it with `.partial`
/// appended, which then replaces `folder`. After a failure the previous folder is unchanged.
///
/// # Errors
/// The error of `write`, and [`LakeError::Io`] if a folder cannot be created, removed or renamed.
pub fn write_folder_atomically<E: From<LakeError>>(
    folder: &Path,
    write: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    let partial = TemporaryFolder::create(sibling(folder, PARTIAL_EXTENSION))?;
    write(&partial.0)?;
    replace(folder, &partial.0)?;
    Ok(())
}

/// A folder that is removed on drop unless it was renamed.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// A folder of this name without the remains of a killed writer.
    fn create(path: PathBuf) -> Result<Self, LakeError> {
        remove_if_present(&path)?;
        fs::create_dir_all(&path).map_err(LakeError::io("create", &path))?;
        Ok(Self(path))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // After a rename there is nothing to remove; otherwise the first error is reported.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn replace(folder: &Path, partial: &Path) -> Result<(), LakeError> {
    if !folder.exists() {
        return rename(partial, folder);
    }
    let old = TemporaryFolder(sibling(folder, "old"));
    remove_if_present(&old.0)?;
    rename(folder, &old.0)?;
    rename(partial, folder)
}

fn remove_if_present(folder: &Path) -> Result<(), LakeError> {
    if !folder.exists() {
        return Ok(());
    }
    fs::remove_dir_all(folder).map_err(LakeError::io("remove", folder))
}

/// A sibling of a folder.
fn sibling(folder: &Path, suffix: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{suffix}"));
    folder.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_file(folder: &Path, name: &str) -> Result<(), LakeError> {
        let path = folder.join(name);
        fs::write(&path, name).map_err(LakeError::io("write", &path))
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("it").file_name().into_string().expect("text")).collect()
    }

    #[test]
    fn a_folder_replaces_the_previous_one_without_a_remainder() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("v1.0");
        fs::create_dir(parent.path().join("v1.0.partial")).expect("the remains of a killed writer");
        for name in ["first", "second"] {
            write_folder_atomically(&folder, |partial| write_file(partial, name)).expect("written");
            assert_eq!(names(&folder), [name]);
            assert_eq!(names(parent.path()), ["v1.0"]);
        }
    }

    #[test]
    fn a_failed_write_keeps_the_previous_folder() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("report");
        write_folder_atomically(&folder, |partial| write_file(partial, "first")).expect("written");
        let failed = write_folder_atomically(&folder, |partial| {
            write_file(partial, "half")?;
            Err(LakeError::NotALake(partial.into()))
        });
        assert!(matches!(failed, Err(LakeError::NotALake(_))));
        assert_eq!(
            (names(&folder), names(parent.path())),
            (vec!["first".into()], vec!["report".into()])
        );
    }
}
