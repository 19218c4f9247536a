//! An advisory lock per partition for writers.

use std::fs::File;
use std::path::Path;

use crate::error::LakeError;

const LOCK_NAME: &str = ".lock";

/// Waits for the partition's lock; it is released when the file is dropped or its process ends.
pub(super) fn acquire(folder: &Path) -> Result<File, LakeError> {
    std::fs::create_dir_all(folder).map_err(LakeError::io("create", folder))?;
    let path = folder.join(LOCK_NAME);
    let open = File::options().create(true).truncate(false).write(true).open(&path);
    let file = open.map_err(LakeError::io("open", &path))?;
    file.lock().map_err(LakeError::io("lock", &path))?;
    Ok(file)
}
