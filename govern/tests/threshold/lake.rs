//! Lakes for threshold recommendations.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use indicatif::ProgressBar;
use plimsoll_ingest::{Mapping, ingest_csv};
use plimsoll_lake::Store;

/// Folder of the reference data, if present.
pub(crate) fn reference_data() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "a build machine must have the reference data");
    eprintln!("skipped: reference data not found");
    None
}

/// Maker's ETH-B vaults and hourly prices, read once for all tests.
pub(crate) static REFERENCE: LazyLock<Option<(tempfile::TempDir, Store)>> = LazyLock::new(|| {
    let data = reference_data()?;
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/mappings");
    for (mapping, source) in [("maker_eth_b", "maker_eth_b"), ("usdt_candles", "prices")] {
        let path = mappings.join(mapping).with_extension("toml");
        let mapping = Mapping::read(&path).expect("a mapping");
        ingest_csv(&mapping, &data.join(source), &store, &ProgressBar::hidden()).expect("ingested");
    }
    Some((dir, store))
});

/// Midnight of a date, UTC.
pub(crate) fn date(text: &str) -> DateTime<Utc> {
    format!("{text}T00:00:00Z").parse().expect("a date")
}
