//! Limits of one endpoint, and responses that do not arrive whole or in time.

use std::time::{Duration, Instant};

use plimsoll_rpc::{FetchError, FetchRequest, LogFilter, RpcOptions, fetch};

use super::node::contract;
use super::proxy::{InjectedFault, Proxy};
use super::setup::{
    assert_same, connected_client, fetch_all, fetch_through_proxy, node, options, reference,
};

#[tokio::test]
async fn block_limit_is_learned_from_its_message() {
    let (_, client, _) = fetch_through_proxy([InjectedFault::MaxBlocks(500)]).await;
    assert_eq!(client.endpoint_statuses()[0].window_blocks, 500);
    let (_, client, _) = fetch_through_proxy([InjectedFault::TooWide(500)]).await;
    assert!(client.endpoint_statuses()[0].window_blocks <= 500);
}

#[tokio::test]
async fn result_limit_halves_the_window() {
    let (_, client, _) = fetch_through_proxy([InjectedFault::MaxResults(40)]).await;
    assert!(client.endpoint_statuses()[0].window_blocks < 1_200);
}

#[tokio::test]
async fn one_block_over_the_limit_is_an_error() {
    let proxy = Proxy::start(&node().url(), [InjectedFault::MaxResults(0)]);
    let client = connected_client(&[proxy.url()], options()).await;
    let all = LogFilter { addresses: (0..6).map(contract).collect(), topics: Vec::new() };
    let error = fetch(&client, &FetchRequest::new(all, 0..=99)).await.unwrap_err();
    assert!(matches!(error, FetchError::BlockTooLarge { .. }), "{error}");
    assert!(error.to_string().contains("one block alone"), "{error}");
}

#[tokio::test]
async fn retry_after_is_respected() {
    let start = Instant::now();
    fetch_through_proxy([InjectedFault::TooManyRequests { every: 7, retry_after_s: 1 }]).await;
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn broken_responses_are_requested_again() {
    fetch_through_proxy([InjectedFault::BadGateway { every: 3 }]).await;
    fetch_through_proxy([InjectedFault::Truncated { every: 4 }]).await;
}

#[tokio::test]
async fn silent_endpoint_times_out() {
    let node = node();
    let proxy = Proxy::start(&node.url(), [InjectedFault::Silent { every: 9 }]);
    let hasty = RpcOptions { timeout: Duration::from_millis(700), ..options() };
    let client = connected_client(&[proxy.url()], hasty).await;
    assert_same(&fetch_all(&client).await.unwrap(), &reference(&node).await);
}

#[tokio::test]
async fn batches_shrink_to_the_accepted_size() {
    let (_, client, _) = fetch_through_proxy([InjectedFault::NoBatches]).await;
    assert_eq!(client.endpoint_statuses()[0].batch_size, 1);
    let (_, client, _) = fetch_through_proxy([InjectedFault::MaxBatch(30)]).await;
    assert_eq!(client.endpoint_statuses()[0].batch_size, 25);
}

#[tokio::test]
async fn all_faults_together_still_give_the_same_range() {
    fetch_through_proxy([
        InjectedFault::MaxBlocks(500),
        InjectedFault::MaxResults(40),
        InjectedFault::MaxBatch(50),
        InjectedFault::BadGateway { every: 11 },
        InjectedFault::Truncated { every: 13 },
    ])
    .await;
}

#[tokio::test]
async fn requests_respect_the_rate_limit() {
    let node = node();
    let slow = RpcOptions { requests_per_s: Some(50.0), ..options() };
    let client = connected_client(&[node.url()], slow).await;
    let start = Instant::now();
    client.headers(0..=99).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(900), "{:?}", start.elapsed());
}
