//! Mechanics held against the reference data: quotes of an aggregator, and Maker's real auctions.

#![allow(clippy::unwrap_used, reason = "what a test leans on may fail it")]

mod quotes;

use std::path::{Path, PathBuf};

/// Where the reference data lies, if it does.
fn reference_data() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "a build machine must have the reference data");
    println!("skipped: reference data not found");
    None
}
