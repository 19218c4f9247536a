//! Compression, encoding and name of a file do not change its rows.

use plimsoll_ingest::IngestError;

use crate::export::{DEPOSITS, Export, counts, deposits, gzip};

const TEXT: &str = "BLOCK,TIME,VAULT,AMOUNT\n101,2020-10-19 20:04:20.000,15967,0.35\n102,2020-10-20 10:35:04.000,15978,1.08749122\n";

fn events_of(name: &str, bytes: &[u8]) -> Vec<plimsoll_lake::tables::PositionEvent> {
    let export = Export::new(&[]);
    export.write_file(name, bytes);
    assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [2, 0, 0]);
    export.events()
}

#[test]
fn every_way_to_write_the_same_rows_gives_the_same_rows() {
    let expected = events_of("deposits.csv", TEXT.as_bytes());
    let (first, second) = TEXT.split_at(40);
    let members = [gzip(first.as_bytes()), gzip(second.as_bytes())].concat();
    for (what, name, bytes) in [
        ("zipped", "deposits.csv.gz", gzip(TEXT.as_bytes())),
        ("zipped in two members", "deposits.csv.gz", members),
        ("in a folder below", "a/b/deposits.csv", TEXT.into()),
        ("with CRLF", "deposits.csv", TEXT.replace('\n', "\r\n").into()),
        ("with a byte order mark", "deposits.csv", format!("\u{feff}{TEXT}").into()),
        ("with empty lines", "deposits.csv", TEXT.replace('\n', "\n\n").into()),
        ("without a last line's end", "deposits.csv", TEXT.trim_end().into()),
        ("with quotes", "deposits.csv", TEXT.replace("15967", "\"15967\"").into()),
    ] {
        assert_eq!(events_of(name, &bytes), expected, "{what}");
    }
}

#[test]
fn a_quoted_field_may_contain_commas_and_quotes() {
    let text =
        "BLOCK,TIME,VAULT,AMOUNT,URN\n101,2020-10-19 20:04:20.000,15967,0.35,\"a, \"\"b\"\", c\"\n";
    let export = Export::new(&[("deposits.csv", text)]);
    assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [1, 0, 0]);
}

#[test]
fn a_header_without_rows_imports_nothing() {
    let export = deposits(&[]);
    assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [0, 0, 0]);
    assert!(export.events().is_empty());
}

#[test]
fn amounts_are_exact_and_accounts_are_named_by_market() {
    let event = &events_of("deposits.csv", TEXT.as_bytes())[1];
    assert_eq!((event.account.as_str(), event.log_index), ("ethereum/maker/eth-b/15978", 100));
    assert_eq!(
        (event.amount_exact, event.amount),
        (Some(1_087_491_220_000_000_000), Some(1.08749122))
    );
}

#[test]
fn a_file_without_a_mapped_column_stops_the_import() {
    let export = Export::new(&[("x/deposits.csv", "BLOCK,TIME,VAULT\n")]);
    let error = export.try_ingest(DEPOSITS).expect_err("a column is missing");
    assert_eq!(
        error.to_string(),
        "x/deposits.csv has no column `AMOUNT`, which `amount` is read from; it has BLOCK, TIME, VAULT"
    );
    let empty = Export::new(&[("deposits.csv", "")]);
    assert!(matches!(empty.try_ingest(DEPOSITS), Err(IngestError::MissingColumn { .. })));
}

#[test]
fn a_duplicate_mapped_column_stops_the_import() {
    let export = Export::new(&[("deposits.csv", "BLOCK,TIME,VAULT,AMOUNT,AMOUNT\n")]);
    let error = export.try_ingest(DEPOSITS).expect_err("a column is repeated");
    assert_eq!(
        error.to_string(),
        "deposits.csv has two columns `AMOUNT`, which `amount` is read from"
    );
}

#[test]
fn a_damaged_gzip_stops_the_import_and_nothing_is_written() {
    let complete = gzip(TEXT.as_bytes());
    let mut corrupt = complete.clone();
    let middle = complete.len() - 6;
    corrupt[middle] ^= 0xff;
    for bytes in [&complete[..complete.len() - 9], &corrupt, b"BLOCK,TIME", b""] {
        let export = Export::new(&[]);
        export.write_file("deposits.csv.gz", bytes);
        let error = export.try_ingest(DEPOSITS).expect_err("a damaged file");
        assert!(
            matches!(&error, IngestError::Gzip { path, .. } if path.ends_with("deposits.csv.gz")),
            "{error:?}"
        );
        assert!(export.events().is_empty() && export.quarantined().is_empty());
    }
}

#[test]
fn a_duplicate_file_stops_the_import() {
    let export = Export::new(&[("deposits.csv", TEXT), ("old/deposits.csv", TEXT)]);
    let error = export.try_ingest(DEPOSITS).expect_err("two copies");
    assert_eq!(
        error.to_string(),
        "deposits.csv and old/deposits.csv are both `deposits.csv`: keep one of them"
    );
}

#[test]
fn a_folder_without_any_known_file_stops_the_import() {
    let error =
        Export::new(&[("notes.txt", "")]).try_ingest(DEPOSITS).expect_err("nothing to read");
    assert!(
        matches!(error, IngestError::NoMatchingFile { patterns, .. } if patterns == "deposits.csv")
    );
}

#[test]
fn a_missing_folder_stops_the_import() {
    let export = Export::new(&[]);
    std::fs::remove_dir(export.source.path()).expect("the folder goes");
    assert!(matches!(export.try_ingest(DEPOSITS), Err(IngestError::Io { .. })));
}

#[test]
fn unmatched_files_and_patterns_are_reported() {
    let both = format!(
        "{DEPOSITS}\n[[files]]\nmatch = \"opens.csv\"\ntable = \"position_events\"\nconstants = {{ kind = \"open\" }}\ncolumns = {{ block = \"B\", log_index = \"I\", time = \"T\", account = \"V\" }}\n"
    );
    let export = Export::new(&[("deposits.csv", TEXT), ("notes.txt", ""), ("a/b.csv", "")]);
    let summary = export.ingest(&both);
    assert_eq!(summary.files_read, ["deposits.csv"]);
    assert_eq!(summary.files_unmatched, ["a/b.csv", "notes.txt"]);
    assert_eq!(summary.patterns_absent, ["opens.csv"]);
}
