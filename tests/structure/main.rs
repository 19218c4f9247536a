//! The repository's own rules: no import cycle between files, crates in layers, plain words.

mod crate_files;
mod cycles;
mod imports;
mod layers;
mod libraries;
mod words;

use std::path::{Path, PathBuf};

/// The repository's root.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folders of all crates of the workspace, the binary's first.
fn crates() -> Vec<PathBuf> {
    let mut folders = vec![root().to_owned()];
    for pattern in ["", "crates"] {
        let entries = std::fs::read_dir(root().join(pattern)).expect("a folder of the repository");
        let paths = entries.map(|entry| entry.expect("a readable entry").path());
        folders.extend(paths.filter(|path| path.join("Cargo.toml").exists()));
    }
    folders.sort();
    folders
}
