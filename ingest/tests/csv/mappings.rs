//! An invalid mapping is rejected with its file, line and key.

use std::path::Path;

use plimsoll_ingest::{IngestError, Mapping};

use crate::export::{DEPOSITS, PRICES};

/// The error of a mapping, as `line key: problem`.
fn mapping_problem(text: &str) -> String {
    match Mapping::parse(Path::new("m.toml"), text) {
        Err(IngestError::Mapping { line, key, problem, .. }) => format!("{line} {key}: {problem}"),
        other => panic!("a fault of the mapping, not {other:?}"),
    }
}

/// The error of the deposits' mapping after replacing `from` by `to`.
fn deposits_with(from: &str, to: &str) -> String {
    assert!(DEPOSITS.contains(from), "{from}");
    mapping_problem(&DEPOSITS.replace(from, to))
}

#[test]
fn an_error_names_file_line_and_key() {
    let error = Mapping::parse(Path::new("dir/m.toml"), "name = \"x\"\nnmae = 1\n")
        .expect_err("an unknown key");
    assert!(
        error.to_string().starts_with("dir/m.toml, line 2, `nmae`: unknown field `nmae`"),
        "{error}"
    );
}

#[test]
fn a_key_of_the_wrong_type_is_rejected() {
    assert!(
        deposits_with("decimals = 18", "decimals = \"x\"").starts_with("10 decimals: invalid type")
    );
    assert!(deposits_with("time = \"TIME\"", "time = 5").starts_with("23 time: invalid type"));
    assert!(
        deposits_with("\"TIME\"", "{ column = \"TIME\", shft = \"1h\" }")
            .starts_with("23 time: unknown field `shft`")
    );
    assert!(
        deposits_with("oracle_delay = \"1h\"", "oracle_delay = \"1\"")
            .starts_with("13 oracle_delay: \"1\" is not a duration")
    );
}

#[test]
fn an_unknown_table_is_rejected() {
    let expected = "17 table: \"positions\" is none of position_events, liquidations, reserve_parameters, oracle_prices";
    assert_eq!(deposits_with("\"position_events\"", "\"positions\""), expected);
}

#[test]
fn a_field_that_the_table_lacks_is_rejected() {
    assert!(
        deposits_with("account =", "owner = \"X\"\naccount =")
            .starts_with("24 owner: position_events does not use it here")
    );
}

#[test]
fn a_required_field_must_be_declared() {
    assert_eq!(
        deposits_with("account = \"VAULT\"\n", ""),
        "15 account: position_events needs it: declare a column, a constant or a capture"
    );
}

#[test]
fn a_field_declared_twice_is_rejected() {
    assert_eq!(
        deposits_with("kind = \"deposit\",", "kind = \"deposit\", account = \"1\","),
        "19 account: the field is declared twice"
    );
}

#[test]
fn a_value_that_the_field_does_not_allow_is_rejected() {
    assert_eq!(
        deposits_with("\"deposit\"", "\"deposti\""),
        "19 kind: \"deposti\" is none of open, deposit, withdraw, borrow, repay"
    );
    assert_eq!(
        deposits_with("asset = \"ETH\" }", "asset = \"DOGE\" }"),
        "19 asset: \"DOGE\" is none of the market's assets: ETH"
    );
}

#[test]
fn an_option_that_does_not_apply_is_rejected() {
    assert_eq!(
        deposits_with("\"VAULT\"", "{ column = \"VAULT\", negate = true }"),
        "24 account: `negate` applies to amounts only"
    );
    assert_eq!(
        deposits_with("\"AMOUNT\"", "{ column = \"AMOUNT\", shift = \"1h\" }"),
        "25 amount: `shift` applies to times only"
    );
    assert!(
        deposits_with("ignore =", "parameters = { a = { parameter = \"b\" } }\nignore =")
            .contains("parameters: position_events does not use")
    );
}

#[test]
fn ordinals_need_a_column_of_blocks() {
    let fixed =
        DEPOSITS.replace("block = \"BLOCK\"\n", "").replace("kind =", "block = \"5\", kind =");
    assert_eq!(
        mapping_problem(&fixed),
        "20 log_index: `ordinal_from` needs `block` to be a column"
    );
}

#[test]
fn a_table_of_a_market_needs_one() {
    let (start, end) =
        (DEPOSITS.find("[market]").expect("a market"), DEPOSITS.find("[[files]]").expect("files"));
    let without = [&DEPOSITS[..start], &DEPOSITS[end..]].concat();
    assert_eq!(mapping_problem(&without), "6 chain: position_events needs it from a [market]");
}

#[test]
fn a_source_of_prices_must_be_one_constant() {
    let expected = "6 source: oracle_prices needs it from a constant";
    assert_eq!(
        mapping_problem(&PRICES.replace("constants = { source = \"feed\" }\n", "")),
        expected
    );
}

#[test]
fn a_name_that_is_not_a_valid_folder_is_rejected() {
    assert!(
        deposits_with("\"vaults\"", "\"a/b\"")
            .starts_with("2 name: \"a/b\" cannot name a partition")
    );
    assert!(
        deposits_with("\"eth-b\"", "\"eth b\"")
            .starts_with("4 market: \"eth b\" cannot name a partition")
    );
}

#[test]
fn a_mapping_without_files_is_rejected() {
    assert_eq!(mapping_problem("name = \"x\""), "1 files: the mapping has no [[files]]");
}

#[test]
fn limits_out_of_range_are_rejected() {
    let with = |from: &str, to: &str| mapping_problem(&PRICES.replace(from, to));
    assert!(
        with("max_jump = 0.1\n", "max_jump = 0.0\n").contains("jumps: max_jump 0 must be above 0")
    );
    assert!(
        with("max_jump = 0.01", "max_jump = nan").contains("jumps: max_jump NaN must be above 0")
    );
    assert!(with("\"2h\"", "\"0s\"").contains("jumps: widen_after must be above 0"));
}

#[test]
fn a_missing_mapping_is_an_io_error() {
    assert!(matches!(Mapping::read(Path::new("/nowhere/m.toml")), Err(IngestError::Io { .. })));
}

#[test]
fn the_built_in_mappings_are_valid() {
    for name in [
        "maker_eth_b",
        "usdt_candles",
        "aave_v2_assets",
        "aave_v3_dune",
        "aave_v3_subgraph",
        "aave_v3_messari",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("mappings")
            .join(name)
            .with_extension("toml");
        assert_eq!(Mapping::read(&path).expect("a valid mapping").name(), name);
    }
}
