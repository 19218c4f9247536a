//! A damaged or removed file of the lake is an error that names it, never fewer landmarks.

use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use plimsoll_features::{ObservationPlan, list_markets, observe};
use plimsoll_ingest::{Mapping, ingest_csv};
use plimsoll_lake::tables::{Liquidation, MarketAsset, OraclePrice, PositionEvent, Row, by_name};
use plimsoll_lake::{Store, Table};

fn ingest(store: &Store) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest");
    let mapping = Mapping::read(&folder.join("mappings/aave_v3_dune.toml")).expect("a mapping");
    let source = folder.join("tests/exports/dune");
    ingest_csv(&mapping, &source, store, &ProgressBar::hidden()).expect("ingested");
}

fn lake() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    ingest(&store);
    (dir, store)
}

/// The number of observations, or the error with its causes.
fn count(store: &Store) -> Result<usize, String> {
    let describe = |error: plimsoll_features::FeatureError| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {}", cause.unwrap_or_default())
    };
    let markets = list_markets(store).map_err(describe)?;
    let observations = observe(store, &markets[0], &ObservationPlan::default());
    observations.map(|observations| observations.len()).map_err(describe)
}

fn files(store: &Store, table: &Table) -> Vec<PathBuf> {
    let table = by_name(table.name).expect("a table");
    store.files(table).expect("files").into_iter().map(|file| file.path).collect()
}

const TABLES: [Table; 4] =
    [OraclePrice::TABLE, PositionEvent::TABLE, Liquidation::TABLE, MarketAsset::TABLE];

#[test]
fn a_removed_file_is_named_and_ingesting_again_restores_it() {
    let (_dir, store) = lake();
    let expected = count(&store).expect("observations");
    for table in TABLES {
        for path in files(&store, &table) {
            std::fs::remove_file(&path).expect("removed");
            let error = count(&store).expect_err("a file is missing");
            assert!(error.contains(table.name) && error.contains("is missing"), "{error}");
            ingest(&store);
            assert_eq!(count(&store), Ok(expected), "{}", path.display());
        }
    }
}

#[test]
fn a_damaged_file_is_named_and_deleting_and_ingesting_again_restores_it() {
    let (_dir, store) = lake();
    let expected = count(&store).expect("observations");
    for table in TABLES {
        for path in files(&store, &table) {
            let mut bytes = std::fs::read(&path).expect("a file");
            let middle = bytes.len() / 2;
            bytes[middle..middle + 64].iter_mut().for_each(|byte| *byte ^= 0x55);
            std::fs::write(&path, bytes).expect("written");
            let error = count(&store).expect_err("a file is damaged");
            assert!(error.contains(&path.display().to_string()), "{error}");
            assert!(error.contains("is damaged"), "{error}");
            std::fs::remove_file(&path).expect("removed");
            ingest(&store);
            assert_eq!(count(&store), Ok(expected), "{}", path.display());
        }
    }
}
