//! The dev-net's packages.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::packages;

/// Where the dev-net lies.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("devnet")
}

/// Whether the dev-net can run here; its packages are installed if need be.
///
/// Where npm is missing this says so, and fails if the variable `CI` is set.
pub(crate) fn is_ready() -> bool {
    static READY: OnceLock<bool> = OnceLock::new();
    let ready = *READY.get_or_init(|| packages::are_there(&folder()));
    if !ready {
        println!("skipped: npm not found");
    }
    ready
}
