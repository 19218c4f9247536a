//! Lakes: the shared node's history, and comparisons of two lakes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use plimsoll_lake::Store;
use tempfile::TempDir;

use super::cli::ingest;
use super::devnet::Devnet;
use super::test_folder;

/// Files by their path within the lake.
pub(crate) type Files = BTreeMap<PathBuf, Vec<u8>>;

/// The shared node's history in a lake, ingested without faults.
pub(crate) struct SharedLake {
    pub(crate) devnet: &'static Devnet,
    pub(crate) folder: PathBuf,
    pub(crate) store: Store,
    /// The last ingested block.
    pub(crate) head: u64,
}

impl SharedLake {
    /// The ingested market files.
    pub(crate) fn markets(&self) -> [PathBuf; 3] {
        [self.devnet.aave(), self.devnet.morpho(), self.devnet.aave36()]
    }
}

/// The shared lake, which no test may change; `None` without npm.
pub(crate) fn shared_lake() -> Option<&'static SharedLake> {
    static PLAIN: OnceLock<SharedLake> = OnceLock::new();
    let devnet = Devnet::shared()?;
    Some(PLAIN.get_or_init(|| {
        let folder = test_folder::process_folder().join("shared-lake");
        for market in [devnet.aave(), devnet.morpho(), devnet.aave36()] {
            ingest(&market, &[devnet.url()], &folder, &[]);
        }
        let store = Store::open(&folder).expect("a lake");
        SharedLake { devnet, folder, store, head: devnet.node.head() }
    }))
}

/// Fails unless two lakes have the same files with the same bytes.
#[track_caller]
pub(crate) fn assert_same(found: &Path, expected: &Path) {
    let (found, expected) = (read_files(found), read_files(expected));
    let lacks = |some: &Files, others: &Files| -> Vec<PathBuf> {
        others.keys().filter(|name| !some.contains_key(*name)).cloned().collect()
    };
    let (missing, more) = (lacks(&found, &expected), lacks(&expected, &found));
    assert!(missing.is_empty() && more.is_empty(), "missing: {missing:?}; too many: {more:?}");
    let differ = found.iter().filter(|(name, bytes)| expected[*name] != **bytes);
    let differ: Vec<_> = differ.map(|(name, _)| name).collect();
    assert!(differ.is_empty(), "these differ: {differ:?}");
}

/// Fails unless two lakes have the same files with the same bytes, apart from the tables that depend
/// on the random choice of headers.
#[track_caller]
pub(crate) fn assert_same_rows(found: &Path, expected: &Path) {
    let [found, expected] = [found, expected].map(|lake| {
        let mut files = read_files(lake);
        files.retain(|name, _| !name.starts_with("blocks") && !name.starts_with("block_proofs"));
        files
    });
    let names = |files: &Files| files.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&found), names(&expected));
    let differ: Vec<_> = found.iter().filter(|(name, bytes)| expected[*name] != **bytes).collect();
    assert!(differ.is_empty(), "these differ: {:?}", differ.iter().map(|(name, _)| name));
}

/// A copy of a lake.
pub(crate) fn copy_lake(lake: &Path) -> TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for (name, bytes) in read_files(lake) {
        let path = copy.path().join(name);
        fs::create_dir_all(path.parent().expect("a table")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }
    copy
}

/// Every file of a lake except its locks and those that a killed run left incomplete, with its bytes.
pub(crate) fn read_files(lake: &Path) -> Files {
    let read = |name: PathBuf| {
        let bytes = fs::read(lake.join(&name)).expect("a file");
        (name, bytes)
    };
    let is_complete = |name: &PathBuf| name.extension().is_none_or(|end| end != "partial");
    file_names(lake).into_iter().filter(is_complete).map(read).collect()
}

/// Every file of a lake except its locks, by its path within; some may be removed meanwhile.
pub(crate) fn file_names(lake: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut folders = vec![lake.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some() {
                found.insert(path.strip_prefix(lake).expect("within").to_owned());
            }
        }
    }
    found
}
