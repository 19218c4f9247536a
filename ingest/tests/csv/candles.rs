//! A candle is known at its close, and its prices must be consistent.

use crate::export::{Export, counts, csv_text};

const CANDLES: &str = r#"
name = "candles"
[[files]]
match = "{asset}_USDT_1h.csv"
table = "oracle_prices"
constants = { source = "candles" }
[files.columns]
time = { column = "open_time", shift = "1h" }
open_usd = "open"
high_usd = "high"
low_usd = "low"
price_usd = "close"
volume = "volume"
"#;

fn candles(rows: &[&str]) -> Export {
    Export::new(&[("ETH_USDT_1h.csv", &csv_text("open_time,open,high,low,close,volume", rows))])
}

#[test]
fn a_candle_is_dated_by_its_close_and_named_by_its_file() {
    let export = candles(&["2020-10-23T08:00:00Z,413.16,415.95,412.0,413.78,71901.027"]);
    export.ingest(CANDLES);
    let price = &export.prices()[0];
    assert_eq!(price.time.to_rfc3339(), "2020-10-23T09:00:00+00:00");
    assert_eq!(
        (price.source.as_str(), price.asset.as_str(), price.price_usd),
        ("candles", "ETH", 413.78)
    );
    assert_eq!(
        (price.high_usd, price.low_usd, price.volume),
        (Some(415.95), Some(412.0), Some(71_901.027))
    );
}

#[test]
fn an_inconsistent_candle_is_quarantined() {
    for (row, detail) in [
        ("2020-10-23T08:00:00Z,5,4,6,5,1", "high 4 is below low 6"),
        ("2020-10-23T08:00:00Z,5,6,4,7,1", "close 7 is outside low 4 to high 6"),
        ("2020-10-23T08:00:00Z,3,6,4,5,1", "open 3 is outside low 4 to high 6"),
    ] {
        let export = candles(&[row]);
        assert_eq!(counts(&export.ingest(CANDLES), "oracle_prices"), [0, 0, 1]);
        let found = &export.quarantined()[0];
        assert_eq!((found.reason.as_str(), found.detail.as_str()), ("candle", detail));
    }
}

#[test]
fn a_negative_volume_is_quarantined() {
    let export = candles(&["2020-10-23T08:00:00Z,5,6,4,5,-1"]);
    export.ingest(CANDLES);
    assert_eq!(export.quarantined()[0].reason, "negative");
}
