//! Units of amounts, prices and parameters, and the detection of wrong ones.

use crate::dialects::amount_of;
use crate::export::{DEPOSITS, Export, PRICES, counts, csv_text, deposits, prices};

fn raw() -> String {
    DEPOSITS.replace("\"AMOUNT\"", "{ column = \"AMOUNT\", unit = \"raw\" }")
}

#[test]
fn raw_amounts_are_divided_by_the_decimals_of_their_asset() {
    let export = deposits(&["101,2020-10-19 20:04:20,15967,350000000000000000"]);
    export.ingest(&raw());
    let event = &export.events()[0];
    assert_eq!((event.amount_exact, event.amount), (Some(350_000_000_000_000_000), Some(0.35)));
    for text in ["3.5e17", "350000000000000000.0", " 350000000000000000 "] {
        let row = format!("BLOCK,TIME,VAULT,AMOUNT\n101,2020-10-19 20:04:20,15967,{text}\n");
        assert_eq!(amount_of(&raw(), &row), event.amount_exact, "{text}");
    }
}

#[test]
fn raw_amounts_read_as_tokens_are_an_error_that_suggests_the_unit() {
    let rows = [
        "101,2020-10-19 20:04:20,15967,5",
        "102,2020-10-19 20:04:20,15967,350000000000000000",
        "103,2020-10-19 20:04:20,15967,1250000000000000000",
    ];
    let export = deposits(&rows);
    let error = export.try_ingest(DEPOSITS).expect_err("no such supply").to_string();
    assert!(
        error.starts_with("deposits.csv, line 3: `AMOUNT` is \"350000000000000000\""),
        "{error}"
    );
    assert!(error.contains("more ETH than exist") && error.contains("unit = \"raw\""), "{error}");
    assert!(export.events().is_empty() && export.quarantined().is_empty());
}

#[test]
fn one_absurd_amount_among_tokens_is_quarantined_alone() {
    let rows =
        ["101,2020-10-19 20:04:20,15967,0.35", "102,2020-10-19 20:04:20,15967,350000000000000000"];
    let export = deposits(&rows);
    assert_eq!(counts(&export.ingest(DEPOSITS), "position_events"), [1, 0, 1]);
    assert!(export.quarantined()[0].detail.contains("unit = \"raw\""));
}

#[test]
fn an_amount_in_tokens_read_as_raw_is_quarantined_with_the_reason() {
    let export = deposits(&["101,2020-10-19 20:04:20,15967,0.35"]);
    assert_eq!(counts(&export.ingest(&raw()), "position_events"), [0, 0, 1]);
    assert!(export.quarantined()[0].detail.contains("not a whole number of smallest units"));
}

const PARAMETERS: &str = r#"
[[files]]
match = "parameters.csv"
table = "reserve_parameters"
constants = { asset = "ETH" }
log_index = { ordinal_from = 0 }
[files.columns]
block = "BLOCK"
time = "TIME"
parameter = "NAME"
value = "VALUE"
"#;

/// Imports one value; returns what is stored, or the detail of its quarantine.
fn parameter_of(value: &str, unit: &str, parameter: &str) -> Result<f64, String> {
    let options = format!("{{ column = \"VALUE\", unit = \"{unit}\" }}");
    let mapping = DEPOSITS.to_owned() + &PARAMETERS.replace("\"VALUE\"", &options);
    let row = format!("101,2020-10-19 20:04:20,{parameter},{value}");
    let export =
        Export::new(&[("parameters.csv", &csv_text("BLOCK,TIME,NAME,VALUE", &[row.as_str()]))]);
    export.ingest(&mapping);
    let rows: Vec<plimsoll_lake::tables::ReserveParameter> = export.store().rows().expect("rows");
    let stored = rows.first().map(|row| row.value);
    stored.ok_or_else(|| export.quarantined()[0].detail.clone())
}

#[test]
fn parameters_are_read_in_every_unit() {
    let threshold = |value: &str, unit: &str| parameter_of(value, unit, "liquidation_threshold");
    assert_eq!(threshold("8250", "bps"), Ok(0.825));
    assert_eq!(threshold("82.5", "percent"), Ok(0.825));
    assert_eq!(threshold("0.825", "fraction"), Ok(0.825));
    let reciprocal = threshold("1.30", "reciprocal").expect("a threshold");
    assert!((reciprocal - 0.769_230_769).abs() < 1e-9, "{reciprocal}");
    assert!(threshold("0", "reciprocal").is_err());
}

#[test]
fn a_share_above_one_is_quarantined_with_the_unit_that_fits() {
    for (value, unit) in [("8250", "bps"), ("82.5", "percent"), ("1.30", "reciprocal")] {
        let detail = parameter_of(value, "fraction", "liquidation_threshold").expect_err(value);
        assert!(detail.contains(&format!("unit = \"{unit}\"")), "{value}: {detail}");
    }
    let detail = parameter_of("1.05", "fraction", "liquidation_bonus").expect_err("above one");
    assert!(detail.contains("minus_one"), "{detail}");
}

#[test]
fn a_bonus_on_top_of_one_is_read_without_the_one() {
    let mapping = PARAMETERS.replace("\"VALUE\"", "{ column = \"VALUE\", unit = \"bps\" }")
        + "[files.parameters]\nbonus = { parameter = \"liquidation_bonus\", transform = \"minus_one\" }\n";
    let rows = ["101,2020-10-19 20:04:20,bonus,10500", "102,2020-10-19 20:04:20,bonus,0"];
    let export = Export::new(&[("parameters.csv", &csv_text("BLOCK,TIME,NAME,VALUE", &rows))]);
    export.ingest(&(DEPOSITS.to_owned() + &mapping));
    let rows: Vec<plimsoll_lake::tables::ReserveParameter> = export.store().rows().expect("rows");
    assert_eq!(rows.iter().map(|row| row.value).collect::<Vec<_>>(), [0.05, 0.0]);
}

#[test]
fn a_raw_price_is_divided_by_its_decimals() {
    let mapping =
        PRICES.replace("\"price\"", "{ column = \"price\", unit = \"raw\", decimals = 8 }");
    let export = prices(&["2021-01-01T00:00:00Z,ETH,73012345678"]);
    export.ingest(&mapping);
    assert_eq!(export.prices()[0].price_usd, 730.123_456_78);
    let export = prices(&["2021-01-01T00:00:00Z,ETH,73012345678"]);
    assert_eq!(counts(&export.ingest(PRICES), "oracle_prices"), [0, 0, 1]);
    assert!(export.quarantined()[0].detail.contains("unit = \"raw\""));
}
