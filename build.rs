//! Hashes the sources of the program, so that a proposal identifies the version that computed it.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Everything that determines what the program computes.
const SOURCES: [&str; 10] = [
    "Cargo.lock",
    "src",
    "crates",
    "lending",
    "lake",
    "ingest",
    "features",
    "model",
    "govern",
    "serve",
];

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut files = Vec::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        collect_files(&root.join(source), &mut files);
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let name = file.strip_prefix(&root).expect("it is within the root");
        hash.update(name.to_str().expect("sources have plain names").replace('\\', "/"));
        hash.update(Sha256::digest(fs::read(&file).expect("a file that was just listed")));
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    println!("cargo::rustc-env=PLIMSOLL_SOURCE_SHA256={hex}");
}

/// Collects the files of crates, except tests and benches.
fn collect_files(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        files.push(path.to_owned());
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name != "tests" && name != "benches" && name != "target" {
            collect_files(&entry.path(), files);
        }
    }
}
