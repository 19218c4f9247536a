//! Imports that keep nothing, and lakes with damaged or missing files.

use std::path::{Path, PathBuf};

use plimsoll_lake::Store;
use plimsoll_lake::tables::by_name;

use crate::process::{error_line, exit_code, plimsoll, run};

fn ingest_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ingest")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn candles(source: &Path, lake: &Path) -> std::process::Output {
    let mapping = ingest_folder().join("mappings/usdt_candles.toml");
    let arguments = ["--mapping", text(&mapping), "--source", text(source), "--lake", text(lake)];
    plimsoll(&[&["ingest", "csv"], &arguments[..]].concat())
}

#[test]
fn an_import_that_keeps_no_row_fails_with_the_first_bad_one() {
    let (source, lake) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let rows = "open_time,open,high,low,close,volume\n27/01/2021 01:00,1,1,1,1,1\n";
    std::fs::write(source.path().join("ETH_USDT_1h.csv"), rows).unwrap();
    let output = candles(source.path(), lake.path());
    let line = error_line(&output);
    assert_eq!(exit_code(&output), 1);
    assert!(line.contains("no row was kept"), "{line}");
    assert!(line.contains("ETH_USDT_1h.csv, line 2: `open_time` is"), "{line}");
    assert!(line.contains("hint: times are ISO 8601"), "{line}");
}

#[test]
fn status_names_damaged_and_missing_files_and_fails() {
    let lake = tempfile::tempdir().unwrap();
    let mapping = ingest_folder().join("mappings/aave_v3_dune.toml");
    let source = ingest_folder().join("tests/exports/dune");
    let arguments = ["--mapping", text(&mapping), "--source", text(&source)];
    run(&[&["ingest", "csv", "--lake", text(lake.path())], &arguments[..]].concat());
    run(&["status", "--lake", text(lake.path())]);
    let store = Store::open(lake.path()).unwrap();
    let file = |table| store.files(by_name(table).unwrap()).unwrap().remove(0).path;
    let (damaged, removed) = (file("position_events"), file("liquidations"));
    let mut bytes = std::fs::read(&damaged).unwrap();
    bytes[50] ^= 1;
    std::fs::write(&damaged, bytes).unwrap();
    std::fs::remove_file(&removed).unwrap();
    let output = plimsoll(&["status", "--lake", text(lake.path())]);
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(exit_code(&output), 1);
    assert!(error_line(&output).contains("2 files of the lake are damaged or missing"));
    assert!(report.contains(&format!("damaged: {}", damaged.display())), "{report}");
    assert!(report.contains("missing in chain=ethereum/protocol=aave-v3/market=core"), "{report}");
    let features = plimsoll(&["features", "--lake", text(lake.path())]);
    assert_eq!(exit_code(&features), 1);
    let line = error_line(&features);
    assert!(line.contains("is damaged") || line.contains("is missing"), "{line}");
}
