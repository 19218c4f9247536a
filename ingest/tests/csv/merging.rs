//! Rows that are in the lake are not added again, and the quarantine is kept across runs.

use plimsoll_ingest::QuarantineReason;
use plimsoll_lake::tables::MarketAsset;

use crate::export::{DEPOSITS, PRICES, counts, csv_text, deposits, prices};

const ROWS: [&str; 4] = [
    "101,2020-10-19 20:04:20.000,15967,0.35",
    "101,2020-10-19 20:04:20.000,15967,0.35",
    "102,2020-10-20 10:35:04.000,15978,oops",
    "103,2020-10-20 19:03:17.000,15987,55",
];

#[test]
fn a_second_run_adds_nothing() {
    let export = deposits(&ROWS);
    assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [3, 0, 1]);
    let (events, quarantined) = (export.events(), export.quarantined());
    assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [0, 3, 1]);
    assert_eq!((export.events(), export.quarantined()), (events, quarantined));
}

#[test]
fn equal_rows_without_a_log_index_are_two_events() {
    let export = deposits(&ROWS);
    export.ingest(DEPOSITS);
    let indexes: Vec<u32> = export.events().iter().map(|event| event.log_index).collect();
    assert_eq!(indexes, [100, 101, 100]);
}

#[test]
fn a_longer_export_adds_only_what_is_new() {
    let export = deposits(&ROWS[..2]);
    export.ingest(DEPOSITS);
    export.write_file("deposits.csv", csv_text("BLOCK,TIME,VAULT,AMOUNT", &ROWS).as_bytes());
    assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [1, 2, 1]);
    assert_eq!(export.events().len(), 3);
}

#[test]
fn rows_need_not_be_in_order() {
    let forth = deposits(&[ROWS[0], ROWS[3]]);
    let back = deposits(&[ROWS[3], ROWS[0]]);
    forth.ingest(DEPOSITS);
    back.ingest(DEPOSITS);
    assert_eq!(forth.events(), back.events());
}

#[test]
fn a_quarantined_row_is_stored_once_however_often_it_is_read() {
    let rows = [
        "2021-01-01T00:00:00Z,ETH,730",
        "2021-01-01T00:00:00Z,ETH,731",
        "2021-01-01T01:00:00Z,ETH,2000",
    ];
    let export = prices(&rows);
    for _ in 0..3 {
        let summary = export.ingest(PRICES);
        let reasons: Vec<_> = summary.quarantined_by_reason.into_iter().collect();
        assert_eq!(reasons, [(QuarantineReason::Conflict, 1), (QuarantineReason::Jump, 1)]);
        assert_eq!(export.quarantined().len(), 2);
    }
}

#[test]
fn a_corrected_export_adds_the_rejected_row() {
    let export = deposits(&ROWS);
    export.ingest(DEPOSITS);
    let corrected = csv_text("BLOCK,TIME,VAULT,AMOUNT", &ROWS).replace("oops", "2");
    export.write_file("deposits.csv", corrected.as_bytes());
    assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [1, 3, 0]);
}

#[test]
fn a_changed_market_replaces_the_stored_one() {
    let export = deposits(&ROWS);
    assert_eq!(counts(&export.ingest(DEPOSITS), "market_assets"), [1, 0, 0]);
    assert_eq!(counts(&export.ingest(DEPOSITS), "market_assets"), [0, 1, 0]);
    let slower = DEPOSITS.replace("oracle_delay = \"1h\"", "oracle_delay = \"2h\"");
    assert_eq!(counts(&export.ingest(&slower), "market_assets"), [1, 0, 0]);
    let assets: Vec<MarketAsset> = export.store().rows().expect("the lake is read");
    assert_eq!(assets.iter().map(|asset| asset.oracle_delay_s).collect::<Vec<_>>(), [7200]);
}

#[test]
fn the_bar_ends_at_the_bytes_on_disk() {
    let export = deposits(&ROWS);
    let bar = indicatif::ProgressBar::hidden();
    let mapping =
        plimsoll_ingest::Mapping::parse("x.toml".as_ref(), DEPOSITS).expect("a valid mapping");
    plimsoll_ingest::ingest_csv(&mapping, export.source.path(), &export.store(), &bar)
        .expect("the import succeeds");
    let bytes = std::fs::metadata(export.source.path().join("deposits.csv"))
        .expect("the file is there")
        .len();
    assert_eq!((bar.length(), bar.position()), (Some(bytes), bytes));
}

#[test]
fn a_summary_reads_well_and_keeps_its_numbers_as_json() {
    let export = deposits(&ROWS);
    export.write_file("notes.txt", b"");
    let summary = export.ingest(DEPOSITS);
    let expected = "\
vaults: 1 file read
  table                       read       added     present  quarantined
  market_assets                  1           1           0            0
  position_events                4           3           0            1
  quarantined for: number 1
  first for number: deposits.csv, line 4: `AMOUNT` is \"oops\", not a decimal number (hint: numbers have a decimal point and no thousands separators; set `decimal = \",\"` for decimal commas, `unit = \"raw\"` for integers in the smallest unit)
  not known to the mapping: notes.txt
";
    assert_eq!(summary.to_string(), expected);
    let json = serde_json::to_value(&summary).expect("a summary is plain");
    assert_eq!(json["tables"]["position_events"]["quarantined"], 1);
    assert_eq!(json["quarantined_by_reason"]["number"], 1);
}
