//! Names the sources that the program was built from, for proposals that must be made again.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Everything that decides what the program reckons.
const SOURCES: [&str; 9] =
    ["Cargo.lock", "src", "lending", "lake", "ingest", "features", "model", "govern", "serve"];

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
        let name = file.strip_prefix(&root).expect("it lies within");
        hash.update(name.to_str().expect("sources have plain names").replace('\\', "/"));
        hash.update(Sha256::digest(fs::read(&file).expect("a file that was just listed")));
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    println!("cargo::rustc-env=PLIMSOLL_SOURCE_SHA256={hex}");
}

/// Sources of crates: their Rust files and what lies beside them, but not tests and benches.
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
