//! Atomic folder writes: write to a temporary folder, rename.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use crate::atomic_write::{PARTIAL_EXTENSION, sync_parent};
use crate::error::LakeError;

/// Writes a folder completely or not at all.
///
/// `write` is called with an empty temporary folder beside `folder`, named like it with `.partial-`
/// and the process id appended, which then replaces `folder`. If it fails or the folders cannot be
/// renamed, the previous folder is unchanged. A process that is killed leaves its temporary folder,
/// and between two renames the previous folder under the name `.replaced-` and its process id;
/// nothing else beside `folder` is touched.
///
/// # Errors
/// The error of `write`, and [`LakeError::Io`] if a folder cannot be created, removed, renamed or
/// synced; in the last case the new folder is in place, but may not survive a power failure.
pub fn write_folder_atomically<E: From<LakeError>>(
    folder: &Path,
    write: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    let partial = TemporaryFolder::create(sibling(folder, PARTIAL_EXTENSION))?;
    write(&partial.0)?;
    replace(folder, &partial.0)?;
    sync_parent(folder)?;
    Ok(())
}

/// A folder that is removed on drop unless it was renamed.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// An empty folder of this name.
    fn create(path: PathBuf) -> Result<Self, LakeError> {
        if path.exists() {
            fs::remove_dir_all(&path).map_err(LakeError::io("remove", &path))?;
        }
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
    let rename =
        |from: &Path, to: &Path| fs::rename(from, to).map_err(LakeError::io("rename", from));
    if !folder.exists() {
        return rename(partial, folder);
    }
    let previous = sibling(folder, "replaced");
    rename(folder, &previous)?;
    if let Err(error) = rename(partial, folder) {
        rename(&previous, folder)?;
        return Err(error);
    }
    fs::remove_dir_all(&previous).map_err(LakeError::io("remove", &previous))
}

/// A sibling of a folder that no other process uses.
fn sibling(folder: &Path, suffix: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{suffix}-{}", process::id()));
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
        for name in ["first", "second"] {
            write_folder_atomically(&folder, |partial| write_file(partial, name)).expect("written");
            assert_eq!(names(&folder), [name]);
            assert_eq!(names(parent.path()), ["v1.0"]);
        }
    }

    #[test]
    fn other_folders_with_similar_names_are_kept() {
        let parent = tempfile::tempdir().expect("a folder");
        let others = ["report.old", "report.partial", "report.replaced"];
        for name in others {
            fs::create_dir(parent.path().join(name)).expect("created");
        }
        let folder = parent.path().join("report");
        for name in ["first", "second"] {
            write_folder_atomically(&folder, |partial| write_file(partial, name)).expect("written");
        }
        let mut found = names(parent.path());
        found.sort();
        assert_eq!(found, ["report", "report.old", "report.partial", "report.replaced"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_is_replaced_where_its_parent_cannot_be_read() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("report");
        write_folder_atomically(&folder, |partial| write_file(partial, "first")).expect("written");
        let allow = |mode: u32| {
            fs::set_permissions(parent.path(), fs::Permissions::from_mode(mode)).expect("allowed");
        };
        allow(0o300);
        let replaced = write_folder_atomically(&folder, |partial| write_file(partial, "second"));
        allow(0o700);
        replaced.expect("written");
        assert_eq!(
            (names(&folder), names(parent.path())),
            (vec!["second".into()], vec!["report".into()])
        );
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
