//! Comparison with reference data: quotes of an aggregator, and real auctions of Maker.

#![allow(clippy::unwrap_used, reason = "a failed precondition fails the test")]

mod eth_b;
mod quotes;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use csv::StringRecord;
use flate2::read::GzDecoder;

/// The folder of the reference data, if it exists.
fn reference_data() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "a build machine must have the reference data");
    println!("skipped: reference data not found");
    None
}

/// Selected columns of a CSV file, plain or gzipped, row by row.
fn rows<const N: usize>(path: &Path, columns: [&str; N]) -> Vec<[String; N]> {
    let file = File::open(path).unwrap();
    let packed = path.extension().is_some_and(|extension| extension == "gz");
    let reader: Box<dyn Read> =
        if packed { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
    let mut table = csv::Reader::from_reader(reader);
    let names = table.headers().unwrap().clone();
    let places = columns.map(|column| names.iter().position(|name| name == column).unwrap());
    let row = |row: StringRecord| places.map(|place| row[place].to_owned());
    table.records().map(|record| row(record.unwrap())).collect()
}
