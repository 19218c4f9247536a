//! Faults of endpoints do not change the lake, or the run names the endpoint.

use std::path::Path;

use crate::proxy::{InjectedFault, Proxy};
use crate::support::cli::{Run, ingest, ingest_command};
use crate::support::lake::{SharedLake, assert_same, shared_lake};

/// Ingests from some endpoints; the lake must equal that from the node itself.
fn assert_same_lake_from(shared: &SharedLake, urls: &[&str], more: &[&str]) -> Vec<Run> {
    let lake = tempfile::tempdir().unwrap();
    let markets = shared.markets();
    let runs = markets.iter().map(|market| ingest(market, urls, lake.path(), more)).collect();
    assert_same(lake.path(), &shared.folder);
    runs
}

/// Ingests from the node behind a proxy, which must not change the lake.
#[track_caller]
fn assert_same_lake_behind(fault: InjectedFault, more: &[&str]) {
    let Some(shared) = shared_lake() else { return };
    let proxy = Proxy::start(shared.devnet.url(), [fault]);
    assert_same_lake_from(shared, &[&proxy.url()], more);
    assert!(proxy.requests() > 10, "{}", proxy.requests());
}

/// Ingests from the node behind a proxy and from the node itself; returns the proxy's name and
/// stderr.
fn stderr_beside_good_node(shared: &SharedLake, fault: InjectedFault) -> (String, String) {
    let proxy = Proxy::start(shared.devnet.url(), [fault]);
    // Small windows are spread over both.
    let runs =
        assert_same_lake_from(shared, &[&proxy.url(), shared.devnet.url()], &["--window", "20"]);
    let name = proxy.url().trim_end_matches('/').to_owned();
    (name, runs.into_iter().map(|run| run.stderr).collect())
}

#[test]
fn an_endpoint_may_give_few_blocks_at_once() {
    assert_same_lake_behind(InjectedFault::MaxBlocks(50), &[]);
}

#[test]
fn an_endpoint_may_not_name_its_block_limit() {
    assert_same_lake_behind(InjectedFault::TooWide(100), &[]);
}

#[test]
fn an_endpoint_may_give_few_logs_at_once() {
    assert_same_lake_behind(InjectedFault::MaxResults(1_000), &[]);
}

#[test]
fn an_endpoint_may_take_no_batches() {
    assert_same_lake_behind(InjectedFault::NoBatches, &[]);
}

#[test]
fn an_endpoint_that_limits_its_rate_is_backed_off_from() {
    assert_same_lake_behind(
        InjectedFault::TooManyRequests { every: 12, retry_after_s: 1 },
        &["--window", "100"],
    );
}

#[test]
fn a_bad_gateway_is_retried() {
    assert_same_lake_behind(InjectedFault::BadGateway { every: 6 }, &["--window", "100"]);
}

#[test]
fn a_response_that_never_arrives_is_requested_again() {
    assert_same_lake_behind(InjectedFault::Silent { every: 20 }, &["--timeout", "1"]);
}

#[test]
fn a_truncated_response_is_rejected() {
    assert_same_lake_behind(InjectedFault::Truncated { every: 6 }, &["--window", "100"]);
}

#[test]
fn the_lake_ends_where_the_farthest_endpoint_does() {
    let Some(shared) = shared_lake() else { return };
    stderr_beside_good_node(shared, InjectedFault::Lagging(40));
}

#[test]
fn an_endpoint_that_catches_up_is_read_on() {
    let Some(shared) = shared_lake() else { return };
    let lake = tempfile::tempdir().unwrap();
    for behind in [200, 20, 0] {
        let proxy = Proxy::start(shared.devnet.url(), [InjectedFault::Lagging(behind)]);
        // The last market is deployed later.
        let markets = shared.markets().into_iter().take(if behind == 200 { 2 } else { 3 });
        for market in markets {
            let run = ingest(&market, &[&proxy.url()], lake.path(), &["--json"]);
            assert_eq!(run.json()["head"], shared.head - behind);
        }
    }
    assert_same(lake.path(), &shared.folder);
}

#[test]
fn an_endpoint_of_another_chain_is_named_and_skipped() {
    let Some(shared) = shared_lake() else { return };
    let (name, stderr) = stderr_beside_good_node(shared, InjectedFault::WrongChain(10));
    assert!(stderr.contains(&name) && stderr.contains("serves chain 10, not 31337"), "{stderr}");
}

#[test]
fn a_single_endpoint_of_another_chain_ends_the_run() {
    let Some(shared) = shared_lake() else { return };
    let proxy = Proxy::start(shared.devnet.url(), [InjectedFault::WrongChain(10)]);
    let lake = tempfile::tempdir().unwrap();
    let url = proxy.url();
    let command = ingest_command(&shared.devnet.aave(), &[&url], lake.path(), &[]).output();
    let run = Run::from(command.unwrap());
    let name = url.trim_end_matches('/');
    assert_eq!(run.code, Some(1), "{run:?}");
    let last = run.stderr.lines().last().unwrap();
    assert!(last.contains(name) && last.contains("serves chain 10, not 31337"), "{run:?}");
    assert_same(lake.path(), Path::new("/nowhere"));
}

#[test]
fn an_endpoint_that_withholds_all_logs_is_named() {
    let Some(shared) = shared_lake() else { return };
    let blocks = 0..=u64::MAX;
    let (name, stderr) =
        stderr_beside_good_node(shared, InjectedFault::Withheld { blocks, by_hash: true });
    assert!(stderr.contains(&name) && stderr.contains("shows no logs of contract"), "{stderr}");
}

#[test]
fn an_endpoint_that_withholds_some_logs_is_named() {
    let Some(shared) = shared_lake() else { return };
    let blocks = 100..=500;
    let (name, stderr) =
        stderr_beside_good_node(shared, InjectedFault::Withheld { blocks, by_hash: false });
    assert!(stderr.contains(&name) && stderr.contains("shows no logs of contract"), "{stderr}");
}

#[test]
fn an_endpoint_that_forges_logs_is_named() {
    let Some(shared) = shared_lake() else { return };
    let (name, stderr) = stderr_beside_good_node(shared, InjectedFault::Forged);
    assert!(stderr.contains(&name) && stderr.contains("is not in the bloom"), "{stderr}");
}

#[test]
fn a_single_endpoint_that_withholds_logs_ends_the_run() {
    let Some(shared) = shared_lake() else { return };
    let blocks = 300..=320;
    let proxy =
        Proxy::start(shared.devnet.url(), [InjectedFault::Withheld { blocks, by_hash: true }]);
    let lake = tempfile::tempdir().unwrap();
    let url = proxy.url();
    let command = ingest_command(&shared.devnet.aave(), &[&url], lake.path(), &[]).output();
    let run = Run::from(command.unwrap());
    assert_eq!(run.code, Some(1), "{run:?}");
    let last = run.stderr.lines().last().unwrap();
    let name = url.trim_end_matches('/');
    assert!(last.contains(name) && last.contains("withholds logs of block 3"), "{run:?}");
}
