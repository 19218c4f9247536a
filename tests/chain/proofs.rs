//! Old blocks that are verified by a sample of headers, or not by headers, give the same rows.

use std::collections::BTreeSet;
use std::path::Path;

use plimsoll_lake::tables::{Block, BlockProof, RawLog, Row};
use plimsoll_lake::{Store, write_parquet};
use tempfile::TempDir;

use crate::proxy::{InjectedFault, Proxy};
use crate::support::cli::{Run, ingest, ingest_command, run};
use crate::support::lake::{SharedLake, assert_same_rows, shared_lake};

/// Ingests all markets with a proof; only the last 50 blocks count as ones that a reorg may remove.
fn lake_with(
    shared: &SharedLake,
    urls: &[&str],
    proof: &str,
    more: &[&str],
) -> (TempDir, Vec<Run>) {
    let lake = tempfile::tempdir().unwrap();
    let options = [&["--proof", proof, "--max-reorg", "50"][..], more].concat();
    let markets = shared.markets();
    let runs = markets.iter().map(|market| ingest(market, urls, lake.path(), &options)).collect();
    (lake, runs)
}

fn verify(lake: &Path, shared: &SharedLake) -> Run {
    run(&["verify", "--lake", lake.to_str().unwrap(), "--rpc", shared.devnet.url()])
}

#[test]
fn every_proof_gives_the_same_rows() {
    let Some(shared) = shared_lake() else { return };
    let blocks = |lake: &Path| Store::open(lake).unwrap().rows::<Block>().unwrap();
    let all = blocks(&shared.folder);
    for proof in ["sampled", "logs"] {
        let (lake, runs) = lake_with(shared, &[shared.devnet.url()], proof, &[]);
        assert_same_rows(lake.path(), &shared.folder);
        verify(lake.path(), shared).assert_success();
        let found = blocks(lake.path());
        assert!(found.len() < all.len(), "{} of {} blocks", found.len(), all.len());
        for row in &found {
            let known = all.iter().find(|known| known.block == row.block).unwrap();
            assert_eq!((row.time, &row.hash), (known.time, &known.hash));
        }
        let store = Store::open(lake.path()).unwrap();
        let proofs = store.rows::<BlockProof>().unwrap();
        assert!(!proofs.is_empty() && proofs.iter().all(|row| row.proof == proof));
        let stdout = &runs[0].stdout;
        let expected = if proof == "sampled" { "with 95 % confidence" } else { "(proof logs)" };
        assert!(stdout.contains(expected), "{stdout}");
    }
}

#[test]
fn an_endpoint_that_withholds_logs_is_named_by_a_sample() {
    let Some(shared) = shared_lake() else { return };
    let fault = InjectedFault::Withheld { blocks: 100..=700, by_hash: true };
    let proxy = Proxy::start(shared.devnet.url(), [fault]);
    let urls = [&proxy.url(), shared.devnet.url()];
    let options = ["--audit-every", "8", "--window", "20"];
    let (lake, runs) = lake_with(shared, &urls, "sampled", &options);
    assert_same_rows(lake.path(), &shared.folder);
    let stderr: String = runs.into_iter().map(|run| run.stderr).collect();
    let name = proxy.url().trim_end_matches('/').to_owned();
    assert!(stderr.contains(&name) && stderr.contains("shows no logs of contract"), "{stderr}");
}

#[test]
fn a_single_endpoint_that_withholds_logs_leaves_nothing_that_was_verified_by_a_sample() {
    let Some(shared) = shared_lake() else { return };
    let fault = InjectedFault::Withheld { blocks: 400..=500, by_hash: true };
    let proxy = Proxy::start(shared.devnet.url(), [fault]);
    let lake = tempfile::tempdir().unwrap();
    let options = ["--proof", "sampled", "--max-reorg", "50", "--audit-every", "8"];
    let url = proxy.url();
    let command = ingest_command(&shared.devnet.aave(), &[&url], lake.path(), &options).output();
    let run = Run::from(command.unwrap());
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.lines().last().unwrap().contains("withholds logs of block 4"), "{run:?}");
    let rows = Store::open(lake.path()).and_then(|store| store.rows::<RawLog>());
    assert!(rows.is_err() || rows.is_ok_and(|rows| rows.is_empty()));
}

#[test]
fn endpoints_with_limits_and_failures_give_the_same_rows() {
    let Some(shared) = shared_lake() else { return };
    for proof in ["sampled", "logs"] {
        let faults = [
            InjectedFault::MaxBlocks(50),
            InjectedFault::MaxResults(1_000),
            InjectedFault::BadGateway { every: 11 },
        ];
        let proxy = Proxy::start(shared.devnet.url(), faults);
        let (lake, _) = lake_with(shared, &[&proxy.url()], proof, &[]);
        assert_same_rows(lake.path(), &shared.folder);
    }
}

#[test]
fn a_chain_without_blooms_is_read_and_the_summary_names_it() {
    let Some(shared) = shared_lake() else { return };
    for proof in ["full", "sampled", "logs"] {
        let proxy = Proxy::start(shared.devnet.url(), [InjectedFault::Bloom("0x")]);
        let (lake, runs) = lake_with(shared, &[&proxy.url()], proof, &[]);
        assert_same_rows(lake.path(), &shared.folder);
        assert!(runs[0].stdout.contains("empty blooms"), "{:?}", runs[0]);
    }
}

#[test]
fn tampering_is_found_in_a_lake_that_is_verified_by_a_sample() {
    let Some(shared) = shared_lake() else { return };
    let (lake, _) = lake_with(shared, &[shared.devnet.url()], "sampled", &[]);
    let store = Store::open(lake.path()).unwrap();
    let logs: BTreeSet<u64> = store.rows::<RawLog>().unwrap().iter().map(|log| log.block).collect();
    let block = *logs.iter().nth(logs.len() / 3).unwrap();
    let file = store.files(const { &Block::TABLE }).unwrap().remove(0);
    let rows: Vec<Block> = store.file_rows(&file).unwrap();
    let rewritten = |change: &dyn Fn(&mut Vec<Block>)| {
        let mut rows = rows.clone();
        change(&mut rows);
        write_parquet(&file.path, &rows).unwrap();
        let run = verify(lake.path(), shared);
        assert_eq!(run.code, Some(1), "{run:?}");
        run.stdout
    };
    let stdout = rewritten(&|rows| rows.retain(|row| row.block != block));
    assert!(stdout.contains(&format!("log of block {block}, which has no row")), "{stdout}");
    let stdout = rewritten(&|rows| {
        let row = rows.iter_mut().find(|row| row.block == block).unwrap();
        row.hash = format!("0x{block:064x}");
    });
    assert!(stdout.contains(&format!("block {block} is 0x")), "{stdout}");
    let last = shared.head - 10;
    let stdout = rewritten(&|rows| rows.retain(|row| row.block != last));
    assert!(stdout.contains("lack headers"), "{stdout}");
}

#[test]
fn a_dry_run_states_the_proof_of_each_segment() {
    let Some(shared) = shared_lake() else { return };
    let lake = tempfile::tempdir().unwrap();
    let options = ["--dry-run", "--max-reorg", "50", "--proof", "sampled"];
    let mut command =
        ingest_command(&shared.devnet.aave(), &[shared.devnet.url()], lake.path(), &options);
    let run = Run::from(command.output().unwrap()).assert_success();
    assert!(run.stdout.contains("proof sampled") && run.stdout.contains("proof full"), "{run:?}");
    assert!(run.stdout.contains("estimate per million blocks"), "{run:?}");
    assert!(run.stdout.contains("--proof logs"), "{run:?}");
}
