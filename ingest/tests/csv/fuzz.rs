//! No content of a file makes an import panic or lose a row.

use proptest::prelude::*;

use crate::export::{DEPOSITS, Export};

/// Pieces of cells, valid and invalid, and of rows.
const PIECES: [&str; 30] = [
    "101",
    ",",
    ";",
    "\t",
    "|",
    "\n",
    "\r\n",
    "\"",
    "\"\"",
    "2020-10-19 20:04:20",
    " UTC",
    "Z",
    "+02:00",
    "1611709427",
    "000",
    "0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B",
    "0.35",
    "1,5",
    "1.234,5",
    "-1",
    "1e18",
    "1E+09",
    "350000000000000000",
    "NaN",
    "é",
    "\u{feff}",
    "\0",
    " ",
    ":",
    "15967",
];

fn text() -> impl Strategy<Value = String> {
    let header = prop::sample::select(vec![
        "BLOCK,TIME,VAULT,AMOUNT\n",
        "BLOCK;TIME;VAULT;AMOUNT\n",
        "block\ttime\tvault\tamount\textra\r\n",
        "\u{feff}BLOCK|TIME|VAULT|AMOUNT\n",
        "",
    ]);
    let pieces = prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..60);
    (header, pieces).prop_map(|(header, pieces)| header.to_owned() + &pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_row_of_any_text_is_accounted_for(text in text(), raw in any::<bool>()) {
        let options = "{ column = \"AMOUNT\", unit = \"raw\" }";
        let mapping = if raw { DEPOSITS.replace("\"AMOUNT\"", options) } else { DEPOSITS.to_owned() };
        let export = Export::new(&[("deposits.csv", &text)]);
        // `try_ingest` asserts that rows read are those added, present and quarantined.
        if let Ok(summary) = export.try_ingest(&mapping) {
            let events = export.events().len() as u64;
            prop_assert_eq!(summary.tables["position_events"].added, events);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let export = Export::new(&[]);
        export.write_file("deposits.csv", &[b"BLOCK,TIME,VAULT,AMOUNT\n".to_vec(), bytes].concat());
        let _ = export.try_ingest(DEPOSITS);
    }
}
