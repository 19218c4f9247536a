//! Timing of a large import.

use std::fmt::Write;
use std::time::Instant;

use chrono::{DateTime, SecondsFormat};

use crate::export::{Export, PRICES, counts};

const ROWS: i64 = 400_000;
const ASSETS: i64 = 40;

#[test]
#[ignore = "a timing, to be run by hand: cargo test --release -p plimsoll-ingest -- --ignored --nocapture"]
fn four_hundred_thousand_prices_take_a_second_or_two() {
    let mut text = "time,symbol,price\n".to_owned();
    for row in 0..ROWS {
        let time =
            DateTime::from_timestamp(1_609_459_200 + row / ASSETS * 3600, 0).expect("a time");
        let time = time.to_rfc3339_opts(SecondsFormat::Secs, true);
        writeln!(text, "{time},A{},{}", row % ASSETS, 100 + row % 7).expect("memory takes it");
    }
    let export = Export::new(&[("prices.csv", &text)]);
    for run in ["first", "second"] {
        let start = Instant::now();
        let summary = export.ingest(PRICES);
        println!("{run} run: {:.2} s", start.elapsed().as_secs_f64());
        assert_eq!(summary.tables["oracle_prices"].read, ROWS as u64);
        assert_eq!(counts(&summary, "oracle_prices")[2], 0);
    }
}
