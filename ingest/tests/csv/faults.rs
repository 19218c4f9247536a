//! Each kind of fault quarantines its row and no other.

use crate::export::{DEPOSITS, Export, PRICES, counts, csv_text, deposits, prices};

const VALID_ROW: &str = "101,2020-10-19 20:04:20.000,15967,0.35";

/// Imports one row beside a valid one; returns the reason and the detail of its quarantine.
fn quarantine_of(row: &str) -> (String, String) {
    let export = deposits(&[VALID_ROW, row]);
    let summary = export.ingest(DEPOSITS);
    assert_eq!(counts(&summary, "position_events"), [1, 0, 1], "{row}");
    let mut quarantined = export.quarantined();
    let found = quarantined.pop().expect("one row");
    assert_eq!((found.mapping.as_str(), found.source_file.as_str()), ("vaults", "deposits.csv"));
    assert_eq!(
        (found.line, found.target.as_str(), found.raw.as_str()),
        (3, "position_events", row)
    );
    (found.reason, found.detail)
}

fn reason_of(row: &str) -> String {
    quarantine_of(row).0
}

#[test]
fn a_number_that_cannot_be_read_is_quarantined() {
    let (reason, detail) = quarantine_of("102,2020-10-20 10:35:04.000,15978,1;5");
    assert_eq!(reason, "number");
    assert_eq!(detail, "`AMOUNT` is \"1;5\", not a decimal number");
}

#[test]
fn a_number_that_is_not_finite_is_quarantined() {
    assert_eq!(
        quarantine_of("102,2020-10-20 10:35:04.000,15978,NaN").1,
        "`AMOUNT` is \"NaN\", not finite"
    );
    assert_eq!(reason_of("102,2020-10-20 10:35:04.000,15978,inf"), "number");
}

#[test]
fn an_amount_finer_than_its_asset_is_quarantined() {
    let (reason, detail) = quarantine_of("102,2020-10-20 10:35:04.000,15978,1e-19");
    assert_eq!(
        (reason.as_str(), detail.as_str()),
        ("number", "`AMOUNT` is \"1e-19\", finer than the asset's 18 decimals")
    );
}

#[test]
fn an_amount_that_overflows_is_quarantined() {
    let (reason, detail) = quarantine_of("102,2020-10-20 10:35:04.000,15978,1e20");
    assert_eq!(
        (reason.as_str(), detail.ends_with("more than 38 digits in the asset's smallest unit")),
        ("number", true)
    );
}

#[test]
fn a_block_that_cannot_be_read_is_quarantined() {
    assert_eq!(reason_of("-102,2020-10-20 10:35:04.000,15978,1"), "number");
    assert_eq!(reason_of("99999999999,2020-10-20 10:35:04.000,15978,1"), "number");
}

#[test]
fn a_time_that_cannot_be_read_is_quarantined() {
    assert_eq!(reason_of("102,20/10/2020,15978,1"), "time");
    assert_eq!(reason_of("102,1970-01-01 00:00:00,15978,1"), "time");
}

#[test]
fn a_negative_amount_is_quarantined() {
    let (reason, detail) = quarantine_of("102,2020-10-20 10:35:04.000,15978,-1");
    assert_eq!((reason.as_str(), detail.as_str()), ("negative", "`AMOUNT` is \"-1\", below 0"));
}

#[test]
fn a_positive_amount_is_quarantined_where_the_sign_is_changed() {
    let mapping = DEPOSITS.replace("\"AMOUNT\"", "{ column = \"AMOUNT\", negate = true }");
    let export = deposits(&["101,2020-10-19 20:04:20.000,15967,-8e-18", VALID_ROW]);
    assert_eq!(counts(&export.ingest(&mapping), "position_events"), [1, 0, 1]);
    assert_eq!(export.events()[0].amount_exact, Some(8));
    assert_eq!(
        export.quarantined()[0].detail,
        "`AMOUNT` is \"0.35\", below 0 once its sign is changed"
    );
}

#[test]
fn a_price_of_zero_or_less_is_quarantined() {
    let export = prices(&[
        "2021-01-01T00:00:00Z,ETH,0",
        "2021-01-01T01:00:00Z,ETH,-1",
        "2021-01-01T02:00:00Z,ETH,730",
    ]);
    assert_eq!(counts(&export.ingest(PRICES), "oracle_prices"), [1, 0, 2]);
    assert!(export.quarantined().iter().all(|row| row.reason == "negative"));
}

#[test]
fn an_empty_text_is_quarantined() {
    assert_eq!(reason_of("102,2020-10-20 10:35:04.000,,1"), "value");
}

#[test]
fn a_row_with_too_few_or_too_many_fields_is_quarantined() {
    assert_eq!(
        quarantine_of("102,2020-10-20 10:35:04.000,15978").1,
        "3 fields where the header has 4"
    );
    assert_eq!(reason_of("102,2020-10-20 10:35:04.000,15978,1,5"), "fields");
}

#[test]
fn an_unclosed_quote_invalidates_one_line() {
    let export = deposits(&[
        VALID_ROW,
        "102,2020-10-20 10:35:04.000,15978,\"1",
        "103,2020-10-20 19:03:17.000,15987,55",
    ]);
    assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [2, 0, 1]);
    let row = &export.quarantined()[0];
    assert_eq!((row.line, row.reason.as_str()), (3, "fields"));
}

#[test]
fn a_row_that_is_not_utf8_is_quarantined_even_in_an_unmapped_column() {
    let export = Export::new(&[]);
    let rows = b"BLOCK,TIME,VAULT,AMOUNT,URN\n101,2020-10-19 20:04:20,15967,0.35,\xff\n102,2020-10-19 20:04:20,15967,0.35,x\n";
    export.write_file("deposits.csv", rows);
    assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [1, 0, 1]);
    let row = &export.quarantined()[0];
    assert_eq!(
        (row.reason.as_str(), row.raw.as_str()),
        ("encoding", "101,2020-10-19 20:04:20,15967,0.35,\u{fffd}")
    );
}

#[test]
fn an_unknown_column_quarantines_the_header_and_the_rows_are_read() {
    let header = "BLOCK,TIME,VAULT,AMOUNT,URN,FEE";
    let row = format!("{VALID_ROW},0xf7,3");
    let export = Export::new(&[("deposits.csv", &csv_text(header, &[&row]))]);
    assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [1, 0, 1]);
    let row = &export.quarantined()[0];
    assert_eq!((row.line, row.reason.as_str(), row.raw.as_str()), (1, "columns", header));
    assert_eq!(row.detail, "unknown columns `FEE`: map them or list them under `ignore`");
}

#[test]
fn a_row_that_contradicts_another_is_quarantined_and_the_first_stays() {
    let export = prices(&[
        "2021-01-01T00:00:00Z,ETH,730",
        "2021-01-01T00:00:00Z,ETH,731",
        "2021-01-01T00:00:00Z,ETH,730",
    ]);
    assert_eq!(counts(&export.ingest(PRICES), "oracle_prices"), [1, 1, 1]);
    assert_eq!(export.prices()[0].price_usd, 730.0);
    let row = &export.quarantined()[0];
    assert_eq!((row.line, row.reason.as_str()), (3, "conflict"));
    assert_eq!(
        row.detail,
        "asset ETH, time 2021-01-01T00:00:00Z is taken by a row with other values, which stays"
    );
}

#[test]
fn a_row_that_contradicts_the_lake_is_quarantined() {
    let export = prices(&["2021-01-01T00:00:00Z,ETH,730"]);
    export.ingest(PRICES);
    export.write_file("prices.csv", b"time,symbol,price\n2021-01-01T00:00:00Z,ETH,731\n");
    assert_eq!(counts(&export.ingest(PRICES), "oracle_prices"), [0, 0, 1]);
    assert_eq!(export.prices()[0].price_usd, 730.0);
}

#[test]
fn a_price_jump_is_quarantined_until_a_second_price_confirms_it() {
    let export = prices(&[
        "2021-01-01T00:00:00Z,ETH,730",
        "2021-01-01T01:00:00Z,ETH,900",
        "2021-01-01T02:00:00Z,ETH,731",
        "2021-01-01T03:00:00Z,ETH,600",
        "2021-01-01T04:00:00Z,ETH,601",
        "2021-01-01T00:00:00Z,DAI,1",
        "2021-01-01T01:00:00Z,DAI,1.02",
    ]);
    assert_eq!(counts(&export.ingest(PRICES), "oracle_prices"), [4, 0, 3]);
    let rows = export.quarantined();
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 5, 8]);
    assert_eq!(rows[0].reason, "jump");
    assert_eq!(
        rows[0].detail,
        "900 USD is a log-ratio of 0.209 from 730 USD, 1.0 h before; the limit is 0.100"
    );
}

#[test]
fn jumps_are_evaluated_in_time_order_whatever_the_order_of_rows() {
    let rows = [
        "2021-01-01T02:00:00Z,ETH,731",
        "2021-01-01T01:00:00Z,ETH,900",
        "2021-01-01T00:00:00Z,ETH,730",
    ];
    let export = prices(&rows);
    assert_eq!(counts(&export.ingest(PRICES), "oracle_prices"), [2, 0, 1]);
    assert_eq!(export.quarantined()[0].line, 3);
}

#[test]
fn a_bad_row_does_not_shift_the_numbers_of_those_behind_it() {
    let good = "101,2020-10-19 20:04:20,15967,1";
    let index = |rows: &[&str]| {
        let export = deposits(rows);
        export.ingest(DEPOSITS);
        export.events().last().map(|event| event.log_index)
    };
    assert_eq!(index(&[good, good, good]), Some(102));
    for bad in [
        "101,2020-10-19 20:04:20,15967,x",
        "101,2020-10-19 20:04:20,15967",
        "101,never,15967,1",
        "101,2020-10-19 20:04:20,15967,\"1",
    ] {
        assert_eq!(index(&[good, bad, good]), Some(102), "{bad}");
    }
}
