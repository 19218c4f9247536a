//! A small export in a temporary folder, and a lake to import it into.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use indicatif::ProgressBar;
use plimsoll_ingest::{CsvSummary, IngestError, Mapping, ingest_csv};
use plimsoll_lake::Store;
use plimsoll_lake::tables::{OraclePrice, PositionEvent, QuarantinedRow};
use tempfile::TempDir;

pub(crate) const DEPOSITS: &str = r#"
name = "vaults"

[market]
chain = "ethereum"
protocol = "maker"
market = "eth-b"
[[market.assets]]
asset = "ETH"
decimals = 18
price_source = "usdt_candles"
price_asset = "ETH"
oracle_delay = "1h"

[[files]]
match = "deposits.csv"
table = "position_events"
ignore = ["URN"]
constants = { kind = "deposit", asset = "ETH" }
log_index = { ordinal_from = 100 }
[files.columns]
block = "BLOCK"
time = "TIME"
account = "VAULT"
amount = "AMOUNT"
"#;

pub(crate) const PRICES: &str = r#"
name = "prices"

[[files]]
match = "prices.csv"
table = "oracle_prices"
constants = { source = "feed" }
[files.columns]
time = "time"
asset = "symbol"
price_usd = "price"
[files.jumps]
max_jump = 0.1
tolerance = 0.02
widen_after = "2h"
[[files.jumps.override]]
assets = ["DAI"]
max_jump = 0.01
tolerance = 0.005
"#;

/// A source folder and a lake.
pub(crate) struct Export {
    pub(crate) source: TempDir,
    lake: TempDir,
}

impl Export {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let export = Self { source: folder(), lake: folder() };
        files.iter().for_each(|(name, text)| export.write_file(name, text.as_bytes()));
        export
    }

    pub(crate) fn write_file(&self, name: &str, bytes: &[u8]) {
        let path = self.source.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(path, bytes).expect("the file is written");
    }

    pub(crate) fn store(&self) -> Store {
        Store::create(self.lake.path()).expect("the lake is made")
    }

    pub(crate) fn try_ingest(&self, mapping: &str) -> Result<CsvSummary, IngestError> {
        let mapping = Mapping::parse(Path::new("mapping.toml"), mapping).expect("a valid mapping");
        let summary =
            ingest_csv(&mapping, self.source.path(), &self.store(), &ProgressBar::hidden())?;
        for rows in summary.tables.values() {
            assert_eq!(
                rows.read,
                rows.added + rows.present + rows.quarantined,
                "no row is lost: {summary:?}"
            );
        }
        let quarantined: u64 = summary.tables.values().map(|rows| rows.quarantined).sum();
        assert_eq!(quarantined, summary.quarantined_by_reason.values().sum::<u64>());
        Ok(summary)
    }

    pub(crate) fn ingest(&self, mapping: &str) -> CsvSummary {
        self.try_ingest(mapping).expect("the import succeeds")
    }

    pub(crate) fn events(&self) -> Vec<PositionEvent> {
        self.store().rows().expect("the lake is read")
    }

    pub(crate) fn prices(&self) -> Vec<OraclePrice> {
        self.store().rows().expect("the lake is read")
    }

    /// The quarantined rows, ordered by file and line.
    pub(crate) fn quarantined(&self) -> Vec<QuarantinedRow> {
        self.store().rows().expect("the lake is read")
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder is made")
}

/// An export of `deposits.csv` with the given rows.
pub(crate) fn deposits(rows: &[&str]) -> Export {
    Export::new(&[("deposits.csv", &csv_text("BLOCK,TIME,VAULT,AMOUNT", rows))])
}

/// An export of `prices.csv` with the given rows.
pub(crate) fn prices(rows: &[&str]) -> Export {
    Export::new(&[("prices.csv", &csv_text("time,symbol,price", rows))])
}

pub(crate) fn csv_text(header: &str, rows: &[&str]) -> String {
    std::iter::once(&header).chain(rows).flat_map(|line| [line, "\n"]).collect()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// Added, present and quarantined rows of one table.
pub(crate) fn counts(summary: &CsvSummary, table: &str) -> [u64; 3] {
    let rows = &summary.tables[table];
    [rows.added, rows.present, rows.quarantined]
}
