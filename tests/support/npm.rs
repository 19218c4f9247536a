//! JavaScript packages of a folder.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

/// Whether a folder's programs can run; installs its packages if needed.
///
/// Without npm it prints `skipped`, or fails if the variable `CI` is set.
pub(crate) fn is_ready(folder: &Path) -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    if *FOUND.get_or_init(|| is_installed("node") && is_installed("npm")) {
        install_packages_once(folder);
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "npm not found");
    println!("skipped: npm not found");
    false
}

fn is_installed(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn install_packages_once(folder: &Path) {
    static INSTALLED: Mutex<Option<HashSet<std::path::PathBuf>>> = Mutex::new(None);
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if installed.get_or_insert_default().insert(folder.to_owned()) {
        install_packages(folder);
    }
}

/// One process installs, the others wait.
fn install_packages(folder: &Path) {
    let lock = Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm.lock");
    let lock = File::create(lock).expect("a lock file");
    lock.lock().expect("the lock is released");
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if installed >= modified(&folder.join("package-lock.json")) {
        return;
    }
    let mut npm = Command::new("npm");
    let status = npm.args(["ci", "--ignore-scripts"]).current_dir(folder).stdout(Stdio::null());
    assert!(status.status().expect("npm runs").success(), "npm ci failed in {}", folder.display());
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}
