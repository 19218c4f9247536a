//! A market file that cannot be meant is told so in one line; a plan costs nothing.

use std::path::Path;

use crate::support::binary::{Run, ingestion};
use crate::support::lake::{Plain, files, plain};

/// A contract-less address.
const NOBODY: &str = "0x00000000000000000000000000000000000000aa";

/// Ingests by a market file of this text.
fn ingest_by(plain: &Plain, text: &str, more: &[&str]) -> (Run, String) {
    let folder = tempfile::tempdir().unwrap();
    let market = folder.path().join("market.toml");
    std::fs::write(&market, text).unwrap();
    let lake = folder.path().join("lake");
    let run = ingestion(&market, &[plain.devnet.url()], &lake, more).output().unwrap();
    assert!(files(&lake).is_empty(), "something was written");
    (run.into(), market.display().to_string())
}

/// The market file that the dev-net wrote, changed.
fn changed(plain: &Plain, from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(plain.devnet.aave()).unwrap();
    assert!(text.contains(from), "{text}");
    text.replace(from, to)
}

#[test]
fn a_fault_of_a_market_file_names_the_file_and_the_culprit() {
    let Some(plain) = plain() else { return };
    let provider = plain.devnet.address("/aave/addressesProvider");
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
        let (run, file) = ingest_by(plain, &changed(plain, from, to), &[]);
        let line = run.failure();
        assert!(line.contains(&file) && line.contains(culprit), "{culprit}: {line}");
    }
}

#[test]
fn an_address_that_is_no_such_contract_is_named() {
    let Some(plain) = plain() else { return };
    let provider = format!("{}", plain.devnet.address("/aave/addressesProvider"));
    let pool = format!("{}", plain.devnet.address("/uniswap/pools/0/address"));
    let token = format!("{:#x}", plain.devnet.address("/tokens/WETH"));
    for (right, wrong, kind) in [
        (&provider, NOBODY, "PoolAddressesProvider"),
        (&provider, token.as_str(), "PoolAddressesProvider"),
        (&pool, NOBODY, "Uniswap v3 pool"),
        (&pool, token.as_str(), "Uniswap v3 pool"),
    ] {
        let (run, _) = ingest_by(plain, &changed(plain, right, wrong), &[]);
        let line = run.failure().to_lowercase();
        let fault = format!("{wrong} is no {} at block", kind.to_lowercase());
        assert!(line.contains(&fault), "{fault}: {line}");
    }
    let unknown = changed(plain, "from_block", "#").replace(&provider, NOBODY);
    let (run, _) = ingest_by(plain, &unknown, &[]);
    assert!(run.failure().to_lowercase().contains(&format!("{NOBODY} is no contract at block")));
}

#[test]
fn a_market_file_that_is_not_there_is_named() {
    let run = ingestion(
        Path::new("/nowhere/m.toml"),
        &["http://127.0.0.1:9"],
        Path::new("/nowhere/lake"),
        &[],
    );
    let run = Run::from({ run }.output().unwrap());
    assert!(run.failure().contains("/nowhere/m.toml"), "{run:?}");
}

#[test]
fn a_plan_says_what_is_missing_and_writes_nothing() {
    let Some(plain) = plain() else { return };
    let text = changed(plain, "chain_id", "chain_id");
    let (run, _) = ingest_by(plain, &text, &["--dry-run"]);
    let told = run.done().stdout;
    let lines = [
        format!("aave-v3.devnet: blocks 3 to {}", plain.head),
        format!("to fetch 3 to {}", plain.head),
        format!("to fetch: {} blocks in 1 segments", plain.head - 2),
    ];
    assert!(lines.iter().all(|line| told.contains(line)), "{told}");
    let (run, _) = ingest_by(plain, &text, &["--dry-run", "--json", "--to", "200"]);
    let plan = run.done().json();
    assert_eq!(plan["to"], 200, "{plan}");
    assert_eq!(plan["streams"][0]["stream"], "aave-v3.devnet", "{plan}");
    assert_eq!(plan["streams"].as_array().unwrap().len(), 3, "{plan}");
    assert_eq!(plan["streams"][0]["missing"][1], 200, "{plan}");
    assert_eq!(plan["segments"].as_array().unwrap().len(), 1, "{plan}");
}

#[test]
fn a_market_without_a_first_block_begins_with_its_contracts() {
    let Some(plain) = plain() else { return };
    let (run, _) = ingest_by(plain, &changed(plain, "from_block", "#"), &["--dry-run", "--json"]);
    let plan = run.done().json();
    let from = |stream: usize| plan["streams"][stream]["from"].clone();
    assert_eq!(from(0), plain.devnet.deployment["aave"]["fromBlock"], "{plan}");
    for (place, pool) in [(1, "/uniswap/pools/0"), (2, "/uniswap/pools/1")] {
        let pool = plain.devnet.deployment.pointer(pool).unwrap();
        assert_eq!(from(place), pool["createdAtBlock"], "{plan}");
    }
}

#[test]
fn a_plan_for_a_lake_that_has_everything_is_empty() {
    let Some(plain) = plain() else { return };
    let command =
        ingestion(&plain.devnet.aave(), &[plain.devnet.url()], &plain.folder, &["--dry-run"]);
    let run = Run::from({ command }.output().unwrap()).done();
    assert!(run.stdout.contains("to fetch: 0 blocks in 0 segments"), "{run:?}");
}
