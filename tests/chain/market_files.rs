//! An invalid market file is an error of one line; a plan writes nothing.

use std::path::Path;

use crate::support::cli::{Run, ingest_command};
use crate::support::lake::{SharedLake, read_files, shared_lake};

/// An address without a contract.
const EMPTY_ADDRESS: &str = "0x00000000000000000000000000000000000000aa";

/// Ingests with a market file of this text.
fn ingest_market_text(shared: &SharedLake, text: &str, more: &[&str]) -> (Run, String) {
    let folder = tempfile::tempdir().unwrap();
    let market = folder.path().join("market.toml");
    std::fs::write(&market, text).unwrap();
    let lake = folder.path().join("lake");
    let run = ingest_command(&market, &[shared.devnet.url()], &lake, more).output().unwrap();
    assert!(read_files(&lake).is_empty(), "something was written");
    (run.into(), market.display().to_string())
}

/// The dev-net's market file, changed.
fn changed_market_file(shared: &SharedLake, from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(shared.devnet.aave()).unwrap();
    assert!(text.contains(from), "{text}");
    text.replace(from, to)
}

#[test]
fn a_market_file_error_names_the_file_and_the_culprit() {
    let Some(shared) = shared_lake() else { return };
    let provider = shared.devnet.address("/aave/addressesProvider");
    for (from, to, culprit) in [
        ("protocol = \"aave-v3\"", "protocol = \"aave-v9\"", "`aave-v9` is not one of aave-v3"),
        ("addresses_provider", "#", "addresses_provider"),
        ("from_block", "form_block", "form_block"),
        ("chain_id = 31337", "chain_id = 31337\nsample_every_blocks = 0", "sample_every_blocks"),
        ("chain_id = 31337", "chain_id = ", "line 2"),
        ("chain_id = 31337", "chain_id = \"many\"", "line 2"),
        ("chain_id = 31337", "", "chain_id"),
        (&format!("\"{provider}\""), "\"0x12\"", "addresses_provider"),
        ("uniswap_v3_pools = [", "uniswap_v3_pools = [7, ", "line 6"),
    ] {
        let (run, file) = ingest_market_text(shared, &changed_market_file(shared, from, to), &[]);
        let line = run.assert_failure();
        assert!(line.contains(&file) && line.contains(culprit), "{culprit}: {line}");
    }
}

#[test]
fn an_address_without_the_expected_contract_is_named() {
    let Some(shared) = shared_lake() else { return };
    let provider = format!("{}", shared.devnet.address("/aave/addressesProvider"));
    let pool = format!("{}", shared.devnet.address("/uniswap/pools/0/address"));
    let token = format!("{:#x}", shared.devnet.address("/tokens/WETH"));
    for (right, wrong, kind) in [
        (&provider, EMPTY_ADDRESS, "PoolAddressesProvider"),
        (&provider, token.as_str(), "PoolAddressesProvider"),
        (&pool, EMPTY_ADDRESS, "Uniswap v3 pool"),
        (&pool, token.as_str(), "Uniswap v3 pool"),
    ] {
        let (run, _) = ingest_market_text(shared, &changed_market_file(shared, right, wrong), &[]);
        let line = run.assert_failure().to_lowercase();
        let fault = format!("{wrong} is no {} at block", kind.to_lowercase());
        assert!(line.contains(&fault), "{fault}: {line}");
    }
    let unknown = changed_market_file(shared, "from_block", "#").replace(&provider, EMPTY_ADDRESS);
    let (run, _) = ingest_market_text(shared, &unknown, &[]);
    assert!(
        run.assert_failure()
            .to_lowercase()
            .contains(&format!("{EMPTY_ADDRESS} is no contract at block"))
    );
}

#[test]
fn a_missing_market_file_is_named() {
    let run = ingest_command(
        Path::new("/nowhere/m.toml"),
        &["http://127.0.0.1:9"],
        Path::new("/nowhere/lake"),
        &[],
    );
    let run = Run::from({ run }.output().unwrap());
    assert!(run.assert_failure().contains("/nowhere/m.toml"), "{run:?}");
}

#[test]
fn a_plan_lists_missing_blocks_and_writes_nothing() {
    let Some(shared) = shared_lake() else { return };
    let text = changed_market_file(shared, "chain_id", "chain_id");
    let (run, _) = ingest_market_text(shared, &text, &["--dry-run"]);
    let stdout = run.assert_success().stdout;
    let lines = [
        format!("aave-v3.devnet: blocks 3 to {}", shared.head),
        format!("to fetch 3 to {}", shared.head),
        format!("to fetch: {} blocks in 1 segments", shared.head - 2),
    ];
    assert!(lines.iter().all(|line| stdout.contains(line)), "{stdout}");
    let (run, _) = ingest_market_text(shared, &text, &["--dry-run", "--json", "--to", "200"]);
    let plan = run.assert_success().json();
    assert_eq!(plan["to"], 200, "{plan}");
    assert_eq!(plan["streams"][0]["stream"], "aave-v3.devnet", "{plan}");
    assert_eq!(plan["streams"].as_array().unwrap().len(), 3, "{plan}");
    assert_eq!(plan["streams"][0]["missing"][1], 200, "{plan}");
    assert_eq!(plan["segments"].as_array().unwrap().len(), 1, "{plan}");
}

#[test]
fn a_market_without_a_first_block_begins_with_its_contracts() {
    let Some(shared) = shared_lake() else { return };
    let (run, _) = ingest_market_text(
        shared,
        &changed_market_file(shared, "from_block", "#"),
        &["--dry-run", "--json"],
    );
    let plan = run.assert_success().json();
    let from = |stream: usize| plan["streams"][stream]["from"].clone();
    assert_eq!(from(0), shared.devnet.deployment["aave"]["fromBlock"], "{plan}");
    for (stream, pool) in [(1, "/uniswap/pools/0"), (2, "/uniswap/pools/1")] {
        let pool = shared.devnet.deployment.pointer(pool).unwrap();
        assert_eq!(from(stream), pool["createdAtBlock"], "{plan}");
    }
}

#[test]
fn a_plan_for_a_lake_that_has_everything_is_empty() {
    let Some(shared) = shared_lake() else { return };
    let command = ingest_command(
        &shared.devnet.aave(),
        &[shared.devnet.url()],
        &shared.folder,
        &["--dry-run"],
    );
    let run = Run::from({ command }.output().unwrap()).assert_success();
    assert!(run.stdout.contains("to fetch: 0 blocks in 0 segments"), "{run:?}");
}
