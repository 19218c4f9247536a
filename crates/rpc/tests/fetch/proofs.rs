//! The same logs at each cost: all headers, a sample of headers, or none.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use plimsoll_rpc::{
    Audit, Client, FetchError, FetchRequest, FetchedRange, Proof, RpcOptions, fetch,
};

use super::proxy::{InjectedFault, Proxy};
use super::setup::{BLOCKS, assert_same, connected_client, filter, node, options, reference};

/// A bloom of 256 zero bytes.
static ZERO_BLOOM: LazyLock<String> = LazyLock::new(|| format!("0x{}", "00".repeat(256)));

fn sampled(every_blocks: u64, seed: u64) -> Proof {
    Proof::Sampled(Audit { every_blocks, seed })
}

async fn fetch_with(client: &Client, proof: Proof) -> Result<FetchedRange, FetchError> {
    let request = FetchRequest::new(filter(), 0..=BLOCKS - 1);
    fetch(client, &FetchRequest { proof, headers: vec![7, 700], ..request }).await
}

/// Fetches through one proxy with some faults, and beside it from a faultless node if `beside`.
async fn fetch_through(
    faults: impl Into<Vec<InjectedFault>>,
    beside: bool,
    proof: Proof,
) -> (Result<FetchedRange, FetchError>, Client) {
    let node = node();
    let proxy = Proxy::start(&node.url(), faults);
    let urls = if beside { vec![proxy.url(), node.url()] } else { vec![proxy.url()] };
    let client = connected_client(&urls, RpcOptions { max_window_blocks: 50, ..options() }).await;
    (fetch_with(&client, proof).await, client)
}

#[track_caller]
fn assert_same_logs(range: &FetchedRange, full: &FetchedRange) {
    assert!(range.logs == full.logs, "other logs");
    assert!(range.headers.windows(2).all(|pair| pair[0].number < pair[1].number));
    assert_eq!(range.headers.last().map(|header| header.number), Some(BLOCKS - 1));
    let blocks: BTreeSet<u64> = range.headers.iter().map(|header| header.number).collect();
    assert!(range.logs.iter().all(|log| blocks.contains(&log.block)), "a log without its block");
    for header in &range.headers {
        let known = &full.headers[header.number as usize];
        assert_eq!((header.hash, header.time_s), (known.hash, known.time_s));
        assert!(header.parent_hash.is_none() || header == known, "block {}", header.number);
    }
}

#[tokio::test]
async fn every_proof_gives_the_same_logs() {
    let full = reference(&node()).await;
    for timestamps in [false, true] {
        for proof in [sampled(40, 1), Proof::Logs] {
            let faults = timestamps.then_some(InjectedFault::BlockTimestamps { late_s: 0 });
            let (range, _) = fetch_through(Vec::from_iter(faults), false, proof).await;
            let range = range.unwrap();
            assert_same_logs(&range, &full);
            assert!(range.headers.iter().any(|header| header.number == 700), "a required header");
            let headers = range.headers.iter().filter(|header| header.parent_hash.is_some());
            let most = if timestamps { 24 + 30 + 2 } else { 24 + 30 + 2 + full.logs.len() };
            assert!(headers.count() <= most, "{proof:?}");
            assert!(range.stats.requests < full.stats.requests);
        }
    }
}

#[tokio::test]
async fn sample_counts_the_blocks_that_it_proves() {
    let (range, _) = fetch_through([], false, sampled(1, 0)).await;
    let range = range.unwrap();
    let with_logs: BTreeSet<u64> = range.logs.iter().map(|log| log.block).collect();
    let silent = BLOCKS - with_logs.len() as u64;
    assert_eq!(range.stats.proven_silent_blocks + range.stats.saturated_blooms, silent);
    assert_eq!((range.stats.absent_blooms, range.stats.compared_blocks), (0, 0));
}

#[tokio::test]
async fn sample_finds_withheld_logs() {
    let full = reference(&node()).await;
    let withheld = || [InjectedFault::Withheld { blocks: 300..=900, by_hash: true }];
    let (range, client) = fetch_through(withheld(), true, sampled(10, 5)).await;
    assert_same_logs(&range.unwrap(), &full);
    assert!(client.endpoint_statuses()[0].penalties > 0);
    let (range, _) = fetch_through(withheld(), false, sampled(10, 5)).await;
    let error = range.unwrap_err();
    assert!(matches!(error, FetchError::WithheldLogs { block: 300..=900, .. }), "{error}");
}

#[tokio::test]
async fn second_endpoint_shows_withheld_logs_without_any_audited_block() {
    let full = reference(&node()).await;
    let withheld = InjectedFault::Withheld { blocks: 0..=BLOCKS, by_hash: true };
    let (range, client) = fetch_through([withheld], true, sampled(1 << 40, 3)).await;
    // The withholding endpoint is avoided once it is found, so at most the windows before differ.
    let range = range.unwrap();
    assert!(range.stats.compared_blocks > 0);
    assert!(range.logs.iter().all(|log| full.logs.contains(log)));
    assert!(client.endpoint_statuses()[0].penalties > 0, "{client:?}");
    assert_eq!(client.endpoint_statuses()[1].penalties, 0, "{client:?}");
}

#[tokio::test]
async fn forged_logs_are_refused_by_the_blooms_that_are_read() {
    let (range, client) = fetch_through([InjectedFault::Forged], true, sampled(1, 0)).await;
    assert_same_logs(&range.unwrap(), &reference(&node()).await);
    assert!(client.endpoint_statuses()[0].penalties > 0);
}

#[tokio::test]
async fn log_with_another_time_than_its_block_is_refused() {
    let late = InjectedFault::BlockTimestamps { late_s: 3600 };
    let (range, client) = fetch_through([late], true, sampled(1, 0)).await;
    let range = range.unwrap();
    assert!(range.headers.iter().all(|header| header.time_s == 1_600_000_000 + 12 * header.number));
    assert!(client.endpoint_statuses()[0].penalties > 0);
}

#[tokio::test]
async fn chain_without_blooms_is_read() {
    let full = reference(&node()).await;
    for bloom in [ZERO_BLOOM.as_str(), "0x"] {
        for proof in [Proof::Full, sampled(40, 1), Proof::Logs] {
            let (range, client) = fetch_through([InjectedFault::Bloom(bloom)], false, proof).await;
            let range = range.unwrap();
            assert!(range.logs == full.logs, "{proof:?}");
            assert_eq!(client.endpoint_statuses()[0].penalties, 0, "{proof:?}");
            assert_eq!(range.stats.proven_silent_blocks, 0, "{proof:?}: {bloom} proves nothing");
            assert_eq!(range.stats.absent_blooms > 0, proof != Proof::Logs);
        }
    }
}

#[tokio::test]
async fn headers_without_blooms_are_taken_from_another_endpoint() {
    let full = reference(&node()).await;
    for bloom in [ZERO_BLOOM.as_str(), "0x"] {
        let faults = [InjectedFault::Bloom(bloom)];
        let (range, client) = fetch_through(faults, true, Proof::Full).await;
        assert_same(&range.unwrap(), &full);
        assert_eq!(client.endpoint_statuses()[1].penalties, 0);
    }
}

#[tokio::test]
async fn log_of_a_contract_that_was_not_requested_is_a_contradiction() {
    for proof in [Proof::Full, sampled(1 << 40, 0), Proof::Logs] {
        let (range, client) = fetch_through([InjectedFault::Foreign], true, proof).await;
        assert_same_logs(&range.unwrap(), &reference(&node()).await);
        assert!(client.endpoint_statuses()[0].penalties > 0, "{proof:?}");
    }
}
