//! Delimiters, decimal marks, times and addresses as exports have them.

use plimsoll_ingest::IngestError;

use crate::export::{DEPOSITS, Export, PRICES, counts, deposits, prices};

const ADDRESS: &str = "0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B";

/// Imports a file with one row; returns its exact amount.
pub(crate) fn amount_of(mapping: &str, text: &str) -> Option<i128> {
    let export = Export::new(&[("deposits.csv", text)]);
    assert_eq!(counts(&export.ingest(mapping), "position_events"), [1, 0, 0], "{text:?}");
    export.events()[0].amount_exact
}

#[test]
fn every_delimiter_is_detected() {
    for delimiter in [",", ";", "\t", "|"] {
        let text = "BLOCK,TIME,VAULT,AMOUNT\n101,2020-10-19 20:04:20,15967,0.35\n";
        let text = text.replace(',', delimiter);
        assert_eq!(amount_of(DEPOSITS, &text), Some(350_000_000_000_000_000));
        let name = if delimiter == "\t" { "tab" } else { delimiter };
        let set = format!("delimiter = \"{name}\"\nignore =");
        let mapping = DEPOSITS.replace("ignore =", &set);
        assert_eq!(amount_of(&mapping, &text), Some(350_000_000_000_000_000));
    }
}

#[test]
fn a_decimal_comma_is_read_where_semicolons_separate() {
    let text = "BLOCK;TIME;VAULT;AMOUNT\n101;2020-10-19 20:04:20;15967;0,35\n";
    assert_eq!(amount_of(DEPOSITS, text), Some(350_000_000_000_000_000));
    let text = text.replace("0,35", "3,5e-1");
    assert_eq!(amount_of(DEPOSITS, &text), Some(350_000_000_000_000_000));
    let quoted = "BLOCK,TIME,VAULT,AMOUNT\n101,2020-10-19 20:04:20,15967,\"0,35\"\n";
    let mapping = DEPOSITS.replace("ignore =", "decimal = \",\"\nignore =");
    assert_eq!(amount_of(&mapping, quoted), Some(350_000_000_000_000_000));
}

#[test]
fn thousands_separators_are_refused_with_the_reason() {
    for (text, detail) in [
        ("\"1,234.5\"", "`AMOUNT` is \"1,234.5\", with a comma: remove thousands separators"),
        ("1 234", "`AMOUNT` is \"1 234\", with thousands separators: export numbers without them"),
        ("1'234.5", "with thousands separators"),
    ] {
        let good = "101,2020-10-19 20:04:20,15967,0.35";
        let export = deposits(&[good, &format!("102,2020-10-19 20:04:20,15967,{text}")]);
        assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [1, 0, 1]);
        assert!(export.quarantined()[0].detail.contains(detail), "{:?}", export.quarantined());
    }
    let semicolons = "BLOCK;TIME;VAULT;AMOUNT\n101;2020-10-19 20:04:20;1;0,35\n102;2020-10-19 20:04:20;1;1.234,5\n103;2020-10-19 20:04:20;1;1.234\n";
    let export = Export::new(&[("deposits.csv", semicolons)]);
    assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [1, 0, 2]);
    assert!(export.quarantined()[1].detail.contains("a point where the decimal mark is a comma"));
}

#[test]
fn utf_16_is_refused_by_name() {
    let text = "BLOCK,TIME,VAULT,AMOUNT\n101,2020-10-19 20:04:20,15967,0.35\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [[b"\xff\xfe".to_vec(), little.clone()].concat(), little, big] {
        let export = Export::new(&[]);
        export.write_file("deposits.csv", &bytes);
        let error = export.try_ingest(DEPOSITS).expect_err("UTF-16");
        assert!(matches!(error, IngestError::Encoding { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("deposits.csv is UTF-16") && text.contains("UTF-8"), "{text}");
    }
}

#[test]
fn a_quoted_cell_with_line_breaks_is_one_cell() {
    let text = "BLOCK,TIME,VAULT,AMOUNT,URN\n101,2020-10-19 20:04:20,15967,0.35,\"two\nlines\"\n102,2020-10-19 20:04:20,15967,1,x\n";
    let export = Export::new(&[("deposits.csv", text)]);
    assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [2, 0, 0]);
}

#[test]
fn times_of_every_export_are_read() {
    for text in [
        "2021-01-27 01:03:47 UTC",
        "2021-01-27 01:03:47.000 UTC",
        "2021-01-27T01:03:47.000Z",
        "2021-01-27 01:03:47+00:00",
        "1611709427",
        "1611709427000",
        "1611709427000000",
    ] {
        let export = prices(&[&format!("{text},ETH,1300")]);
        assert_eq!(counts(&export.ingest(PRICES), "oracle_prices"), [1, 0, 0], "{text}");
        assert_eq!(export.prices()[0].time.timestamp(), 1_611_709_427, "{text}");
    }
}

#[test]
fn a_run_that_keeps_no_row_shows_the_first_bad_one_with_a_hint() {
    let export = prices(&["27/01/2021 01:03,ETH,1300", "28/01/2021 01:03,ETH,1301"]);
    let summary = export.ingest(PRICES);
    assert!(!summary.has_kept_rows());
    let first = &summary.first_quarantined[0];
    assert_eq!((first.file.as_str(), first.line, first.table), ("prices.csv", 2, "oracle_prices"));
    let text = summary.nothing_kept();
    assert!(text.contains("prices.csv, line 2: `time` is \"27/01/2021 01:03\""), "{text}");
    assert!(text.contains("(hint: times are ISO 8601 or Unix times"), "{text}");
    assert!(!deposits(&[]).ingest(DEPOSITS).has_kept_rows());
}

#[test]
fn the_first_bad_row_of_each_reason_has_a_hint() {
    let good = "101,2020-10-19 20:04:20,15967,0.35";
    let bad = [
        good,
        "102,2020-10-19 20:04:20,15967,1'234",
        "103,never,15967,1",
        "104,2020-10-19 20:04:20,15967",
        "105,2020-10-19 20:04:20,,1",
        "106,2020-10-19 20:04:20,15967,-1",
        "107,2020-10-19 20:04:20,15967,oops",
    ];
    let summary = deposits(&bad).ingest(DEPOSITS);
    let firsts: Vec<_> =
        summary.first_quarantined.iter().map(|first| (first.line, first.reason.as_str())).collect();
    assert_eq!(firsts, [(3, "number"), (4, "time"), (5, "fields"), (6, "value"), (7, "negative")]);
    assert!(summary.first_quarantined.iter().all(|first| !first.hint.is_empty()));
    assert!(summary.to_string().contains("  first for time: deposits.csv, line 4: `TIME` is"));
}

#[test]
fn an_address_is_one_account_in_every_case_and_other_ids_are_untouched() {
    let rows = [
        format!("101,2020-10-19 20:04:20,{ADDRESS},1"),
        format!("102,2020-10-19 20:04:20,{},1", ADDRESS.to_lowercase()),
        format!("103,2020-10-19 20:04:20,{},1", ADDRESS.to_uppercase()),
        "104,2020-10-19 20:04:20,Vault-A,1".to_owned(),
        "105,2020-10-19 20:04:20,vault-a,1".to_owned(),
    ];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let export = deposits(&rows);
    export.ingest(DEPOSITS);
    let mut accounts: Vec<String> = export.events().into_iter().map(|e| e.account).collect();
    accounts.dedup();
    let address = format!("ethereum/maker/eth-b/{}", ADDRESS.to_lowercase());
    assert_eq!(
        accounts,
        [&address, "ethereum/maker/eth-b/Vault-A", "ethereum/maker/eth-b/vault-a"]
    );
}

#[test]
fn an_asset_may_be_named_by_its_address_in_any_case() {
    let mapping = DEPOSITS
        .replace("decimals = 18", &format!("decimals = 18\naddress = \"{ADDRESS}\""))
        .replace(", asset = \"ETH\"", "")
        .replace("account =", "asset = \"ASSET\"\naccount =");
    for asset in ["ETH", ADDRESS, &ADDRESS.to_lowercase()] {
        let row = format!("BLOCK,TIME,VAULT,AMOUNT,ASSET\n101,2020-10-19 20:04:20,1,1,{asset}\n");
        let export = Export::new(&[("deposits.csv", &row)]);
        export.ingest(&mapping);
        assert_eq!(export.events()[0].asset.as_deref(), Some("ETH"), "{asset}");
    }
}

#[test]
fn a_transaction_is_one_hash_in_every_case() {
    let mapping = DEPOSITS.replace("account =", "tx = \"TX\"\naccount =");
    let tx = format!("0x{}", "aB".repeat(32));
    let row = format!("BLOCK,TIME,VAULT,AMOUNT,TX\n101,2020-10-19 20:04:20,1,1,{tx}\n");
    let export = Export::new(&[("deposits.csv", &row)]);
    export.ingest(&mapping);
    assert_eq!(export.events()[0].tx, Some(tx.to_lowercase()));
}

#[test]
fn columns_are_found_in_another_case_unless_one_fits_exactly() {
    let text = "block,Time,vault,AMOUNT,amount\n101,2020-10-19 20:04:20,15967,0.35,x\n";
    let mapping = DEPOSITS.replace("\"URN\"", "\"amount\"");
    assert_eq!(amount_of(&mapping, text), Some(350_000_000_000_000_000));
}

#[test]
fn a_part_of_a_cell_is_read() {
    let mapping = DEPOSITS.replace(
        "block = \"BLOCK\"",
        "block = { column = \"BLOCK\", part = 1, separator = \":\" }",
    );
    let mapping = mapping.replace("log_index = { ordinal_from = 100 }\n", "").replace(
        "account =",
        "log_index = { column = \"BLOCK\", part = 4, separator = \":\" }\naccount =",
    );
    let rows = ["101:3:0xab:17:2,2020-10-19 20:04:20,15967,1", "101:3,2020-10-19 20:04:20,15967,1"];
    let export = deposits(&rows);
    assert_eq!(counts(&export.ingest(&mapping), "position_events"), [1, 0, 1]);
    assert_eq!((export.events()[0].block, export.events()[0].log_index), (101, 17));
    assert!(
        export.quarantined()[0].detail.contains("without a part 4"),
        "{:?}",
        export.quarantined()
    );
}
