//! Whatever endpoints do, the lake is the same, or the run says who is at fault.

use std::path::Path;

use crate::proxy::{Fault, Proxy};
use crate::support::binary::{Run, ingest, ingestion};
use crate::support::lake::{Plain, assert_same, plain};

/// Ingests from some endpoints; the lake must be as from the node itself.
fn same_from(plain: &Plain, urls: &[&str], more: &[&str]) -> Vec<Run> {
    let lake = tempfile::tempdir().unwrap();
    let markets = plain.markets();
    let runs = markets.iter().map(|market| ingest(market, urls, lake.path(), more)).collect();
    assert_same(lake.path(), &plain.folder);
    runs
}

/// Ingests from the node behind a proxy, which must not show.
#[track_caller]
fn same_behind(fault: Fault, more: &[&str]) {
    let Some(plain) = plain() else { return };
    let proxy = Proxy::start(plain.devnet.url(), [fault]);
    same_from(plain, &[&proxy.url()], more);
    assert!(proxy.requests() > 10, "{}", proxy.requests());
}

/// Ingests from the node behind a proxy and from the node itself; gives what stderr says.
fn said_beside_a_good_one(plain: &Plain, fault: Fault) -> (String, String) {
    let proxy = Proxy::start(plain.devnet.url(), [fault]);
    // So many windows are spread over both.
    let runs = same_from(plain, &[&proxy.url(), plain.devnet.url()], &["--window", "20"]);
    let name = proxy.url().trim_end_matches('/').to_owned();
    (name, runs.into_iter().map(|run| run.stderr).collect())
}

#[test]
fn an_endpoint_may_give_few_blocks_at_once() {
    same_behind(Fault::MaxBlocks(50), &[]);
}

#[test]
fn an_endpoint_may_not_say_how_many_blocks_it_gives() {
    same_behind(Fault::TooWide(100), &[]);
}

#[test]
fn an_endpoint_may_give_few_logs_at_once() {
    same_behind(Fault::MaxResults(1_000), &[]);
}

#[test]
fn an_endpoint_may_take_no_batches() {
    same_behind(Fault::NoBatches, &[]);
}

#[test]
fn an_endpoint_that_is_asked_too_often_is_left_alone_for_a_while() {
    same_behind(Fault::TooManyRequests { every: 12, retry_after_s: 1 }, &["--window", "100"]);
}

#[test]
fn a_bad_gateway_is_asked_again() {
    same_behind(Fault::BadGateway { every: 6 }, &["--window", "100"]);
}

#[test]
fn an_answer_that_never_comes_is_asked_for_again() {
    same_behind(Fault::Silent { every: 20 }, &["--timeout", "1"]);
}

#[test]
fn half_an_answer_is_none() {
    same_behind(Fault::Truncated { every: 6 }, &["--window", "100"]);
}

#[test]
fn the_lake_ends_where_the_farthest_endpoint_does() {
    let Some(plain) = plain() else { return };
    said_beside_a_good_one(plain, Fault::Lagging(40));
}

#[test]
fn an_endpoint_that_catches_up_is_read_on() {
    let Some(plain) = plain() else { return };
    let lake = tempfile::tempdir().unwrap();
    for behind in [200, 20, 0] {
        let proxy = Proxy::start(plain.devnet.url(), [Fault::Lagging(behind)]);
        // The last market is not there before its time.
        let markets = plain.markets().into_iter().take(if behind == 200 { 2 } else { 3 });
        for market in markets {
            let run = ingest(&market, &[&proxy.url()], lake.path(), &["--json"]);
            assert_eq!(run.json()["head"], plain.head - behind);
        }
    }
    assert_same(lake.path(), &plain.folder);
}

#[test]
fn an_endpoint_of_another_chain_is_named_and_passed_over() {
    let Some(plain) = plain() else { return };
    let (name, said) = said_beside_a_good_one(plain, Fault::WrongChain(10));
    assert!(said.contains(&name) && said.contains("serves chain 10, not 31337"), "{said}");
}

#[test]
fn an_endpoint_of_another_chain_alone_ends_the_run() {
    let Some(plain) = plain() else { return };
    let proxy = Proxy::start(plain.devnet.url(), [Fault::WrongChain(10)]);
    let lake = tempfile::tempdir().unwrap();
    let url = proxy.url();
    let command = ingestion(&plain.devnet.aave(), &[&url], lake.path(), &[]).output();
    let run = Run::from(command.unwrap());
    let name = url.trim_end_matches('/');
    assert_eq!(run.code, Some(1), "{run:?}");
    let last = run.stderr.lines().last().unwrap();
    assert!(last.contains(name) && last.contains("serves chain 10, not 31337"), "{run:?}");
    assert_same(lake.path(), Path::new("/nowhere"));
}

#[test]
fn an_endpoint_that_keeps_all_logs_back_is_named() {
    let Some(plain) = plain() else { return };
    let blocks = 0..=u64::MAX;
    let (name, said) = said_beside_a_good_one(plain, Fault::Withheld { blocks, by_hash: true });
    assert!(said.contains(&name) && said.contains("shows no logs of contract"), "{said}");
}

#[test]
fn an_endpoint_that_keeps_some_logs_back_is_named() {
    let Some(plain) = plain() else { return };
    let blocks = 100..=500;
    let (name, said) = said_beside_a_good_one(plain, Fault::Withheld { blocks, by_hash: false });
    assert!(said.contains(&name) && said.contains("shows no logs of contract"), "{said}");
}

#[test]
fn an_endpoint_that_forges_logs_is_named() {
    let Some(plain) = plain() else { return };
    let (name, said) = said_beside_a_good_one(plain, Fault::Forged);
    assert!(said.contains(&name) && said.contains("is not in the bloom"), "{said}");
}

#[test]
fn an_endpoint_alone_that_keeps_logs_back_ends_the_run() {
    let Some(plain) = plain() else { return };
    let blocks = 300..=320;
    let proxy = Proxy::start(plain.devnet.url(), [Fault::Withheld { blocks, by_hash: true }]);
    let lake = tempfile::tempdir().unwrap();
    let url = proxy.url();
    let command = ingestion(&plain.devnet.aave(), &[&url], lake.path(), &[]).output();
    let run = Run::from(command.unwrap());
    assert_eq!(run.code, Some(1), "{run:?}");
    let last = run.stderr.lines().last().unwrap();
    let name = url.trim_end_matches('/');
    assert!(last.contains(name) && last.contains("withholds logs of block 3"), "{run:?}");
}
