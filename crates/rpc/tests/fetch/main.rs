//! Ranges fetched from nodes that limit, fail, lag and withhold: the result is always the same.

#![allow(clippy::unwrap_used, reason = "a failed precondition fails the test")]

mod addresses;
mod endpoints;
mod heads;
mod limits;
#[path = "../support/node.rs"]
mod node;
mod outages;
mod proofs;
#[path = "../support/proxy.rs"]
mod proxy;
mod refusals;
mod responses;
mod setup;
mod subscription;
mod transport;

use std::sync::Arc;

use alloy_primitives::Bytes;
use plimsoll_rpc::{BlockTag, CallOutcome, FetchedRange};

use node::{Chain, LONDON, Node, base_fee_wei, contract};
use setup::{BLOCKS, connected_client, fetch_all, filter, node, options, reference};

#[tokio::test]
async fn fetched_range_is_what_the_chain_contains() {
    let range = reference(&node()).await;
    assert_eq!(range.headers.len(), 1_200);
    assert!(range.logs.len() > 200, "{}", range.logs.len());
    assert!(range.logs.iter().all(|log| filter().matches(log)));
    assert!(range.logs.is_sorted_by_key(|log| (log.block, log.log_index)));
    let stats = range.stats;
    assert!(
        stats.suspect_blocks > 0 && stats.suspect_blocks == stats.bloom_false_positives,
        "{stats:?}"
    );
    assert_eq!(stats.saturated_blooms, 0);
}

#[tokio::test]
async fn headers_have_base_fees_from_london_on() {
    let node = node();
    let client = connected_client(&[node.url()], options()).await;
    let headers = client.headers(LONDON - 5..=LONDON + 5).await.unwrap();
    assert!(headers.iter().all(|header| header.base_fee_wei == base_fee_wei(header.number)));
    assert_eq!(headers.iter().filter(|header| header.base_fee_wei.is_some()).count(), 6);
}

#[tokio::test]
async fn reorg_during_the_fetch_is_detected() {
    let fork = Chain::new(BLOCKS, 1_000, 1);
    let ranges = [reference(&node()).await, reference(&Node::start(Arc::clone(&fork))).await];
    assert!(ranges[0].headers != ranges[1].headers && ranges[0].logs != ranges[1].logs);
    for requests in [1, 4, 8, 12, 14] {
        let node = node();
        let client = connected_client(&[node.url()], options()).await;
        node.reorg_after(requests, Arc::clone(&fork));
        let range = fetch_all(&client).await.unwrap();
        let is_of = |one: &FetchedRange| one.headers == range.headers && one.logs == range.logs;
        assert!(ranges.iter().any(is_of), "after {requests} requests it is a mixture");
    }
}

#[tokio::test]
async fn calls_return_or_revert() {
    let node = node();
    let client = connected_client(&[node.url()], options()).await;
    let calls = [(contract(0), Bytes::new()), (contract(1), Bytes::new())];
    let outcomes = client.call(&calls, BlockTag::Number(7)).await.unwrap();
    assert_eq!(outcomes[0], CallOutcome::Returned(Bytes::from_static(&[0x2a])));
    assert_eq!(outcomes[1], CallOutcome::Reverted("execution reverted: 4".to_owned()));
    assert!(!client.code(contract(0), BlockTag::Latest).await.unwrap().is_empty());
}
