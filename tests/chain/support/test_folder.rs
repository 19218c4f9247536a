//! A folder of the test process, which the next process removes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The process's own folder under the target folder; no other process has it.
pub(crate) fn process_folder() -> &'static Path {
    static HELD: OnceLock<(PathBuf, File)> = OnceLock::new();
    &HELD.get_or_init(|| (0..).find_map(claim_folder).expect("numbers do not run out")).0
}

/// Claims a folder that no running process has locked; a lock ends with its process.
fn claim_folder(number: u32) -> Option<(PathBuf, File)> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("chain-{number}"));
    let lock = File::create(folder.with_extension("lock")).expect("a lock file");
    lock.try_lock().ok()?;
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("a folder");
    Some((folder, lock))
}
