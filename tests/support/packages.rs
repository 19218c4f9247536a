//! Packages of npm that a folder asks for.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

/// Whether a folder's packages are there; they are installed if need be.
///
/// Where npm is missing this says so, and fails if the variable `CI` is set.
pub(crate) fn are_there(folder: &Path) -> bool {
    let found = runs("node") && runs("npm");
    if found {
        install(folder);
    } else {
        assert!(std::env::var_os("CI").is_none(), "npm not found");
        println!("skipped: npm not found");
    }
    found
}

/// Whether a program can be called here.
pub(crate) fn runs(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// One process installs, the others wait for it.
fn install(folder: &Path) {
    let lock = Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm.lock");
    let lock = File::create(lock).expect("a lock file");
    lock.lock().expect("its turn comes");
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
