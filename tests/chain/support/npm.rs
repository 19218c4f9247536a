//! The dev-net's packages.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::SystemTime;

/// Where the dev-net lies.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("devnet")
}

/// Whether the dev-net can run here; its packages are installed if need be.
///
/// Where npm is missing this says so, and fails if the variable `CI` is set.
pub(crate) fn is_ready() -> bool {
    static READY: OnceLock<bool> = OnceLock::new();
    let ready = *READY.get_or_init(|| {
        let found = runs("node") && runs("npm");
        if found {
            install();
        }
        found
    });
    if !ready {
        assert!(std::env::var_os("CI").is_none(), "npm not found");
        println!("skipped: npm not found");
    }
    ready
}

fn runs(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// One process installs, the others wait for it.
fn install() {
    let lock = Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm.lock");
    let lock = File::create(lock).expect("a lock file");
    lock.lock().expect("its turn comes");
    let folder = folder();
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if installed >= modified(&folder.join("package-lock.json")) {
        return;
    }
    let mut npm = Command::new("npm");
    let status = npm.args(["ci", "--ignore-scripts"]).current_dir(&folder).stdout(Stdio::null());
    assert!(status.status().expect("npm runs").success(), "npm ci failed in {}", folder.display());
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}
