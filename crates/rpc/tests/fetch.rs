//! Ranges fetched from nodes that limit, fail, lag and withhold: the result is always the same.

#![allow(clippy::unwrap_used, reason = "a failed precondition fails the test")]

mod support {
    pub(crate) mod node;
    pub(crate) mod proxy;
}

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use alloy_primitives::Bytes;
use plimsoll_rpc::{
    BlockTag, CallOutcome, Client, FetchError, FetchedRange, LogFilter, RpcError, RpcOptions, fetch,
};
use url::Url;

use support::node::{CHAIN, Chain, LONDON, Node, base_fee_wei, contract, signature};
use support::proxy::{InjectedFault, Proxy};

const BLOCKS: u64 = 1_200;

/// The chain, generated once for all tests.
static SHARED_CHAIN: LazyLock<Arc<Chain>> = LazyLock::new(|| Chain::new(BLOCKS, BLOCKS, 0));

fn options() -> RpcOptions {
    RpcOptions {
        timeout: Duration::from_secs(2),
        initial_backoff: Duration::from_millis(10),
        ..RpcOptions::default()
    }
}

fn node() -> Node {
    Node::start(Arc::clone(&SHARED_CHAIN))
}

fn filter() -> LogFilter {
    LogFilter { addresses: [0, 1].map(contract).to_vec(), topics: [0, 2].map(signature).to_vec() }
}

async fn connected_client(urls: &[String], options: RpcOptions) -> Client {
    let urls: Vec<Url> = urls.iter().map(|url| Url::parse(url).unwrap()).collect();
    let client = Client::new(&urls, options).unwrap();
    client.connect(CHAIN).await.unwrap();
    client
}

async fn fetch_all(client: &Client) -> Result<FetchedRange, FetchError> {
    fetch(client, &filter(), 0..=BLOCKS - 1).await
}

/// The range from a faultless node.
async fn reference(node: &Node) -> FetchedRange {
    fetch_all(&connected_client(&[node.url()], options()).await).await.unwrap()
}

#[track_caller]
fn assert_same(range: &FetchedRange, expected: &FetchedRange) {
    assert_eq!(range.headers.len(), expected.headers.len());
    assert!(range.headers == expected.headers, "other headers");
    assert_eq!(range.logs.len(), expected.logs.len());
    assert!(range.logs == expected.logs, "other logs");
}

/// Fetches through one proxy with some faults, and checks that nothing is lost.
async fn fetch_through_proxy(
    faults: impl Into<Vec<InjectedFault>>,
) -> (FetchedRange, Client, Proxy) {
    let node = node();
    let proxy = Proxy::start(&node.url(), faults);
    let client = connected_client(&[proxy.url()], options()).await;
    let range = fetch_all(&client).await.unwrap();
    assert_same(&range, &reference(&node).await);
    (range, client, proxy)
}

/// Fetches from a proxy with some faults and a faultless node.
async fn fetch_beside_good_node(faults: impl Into<Vec<InjectedFault>>) -> (FetchedRange, Client) {
    let node = node();
    let proxy = Proxy::start(&node.url(), faults);
    let client = connected_client(&[proxy.url(), node.url()], options()).await;
    let range = fetch_all(&client).await.unwrap();
    assert_same(&range, &reference(&node).await);
    (range, client)
}

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
    let proxy = Proxy::start(&node().url(), [InjectedFault::MaxResults(2)]);
    let client = connected_client(&[proxy.url()], options()).await;
    let all = LogFilter { addresses: (0..6).map(contract).collect(), topics: Vec::new() };
    let error = fetch(&client, &all, 0..=99).await.unwrap_err();
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
async fn lagging_node_is_penalized_and_another_is_used() {
    let (_, client) = fetch_beside_good_node([InjectedFault::Lagging(100)]).await;
    assert!(client.endpoint_statuses()[0].penalties > 0);
    assert_eq!(client.endpoint_statuses()[1].penalties, 0);
    assert_eq!(client.header(BlockTag::Latest).await.unwrap().number, BLOCKS - 1);
}

#[tokio::test]
async fn lagging_node_alone_is_an_error() {
    let proxy = Proxy::start(&node().url(), [InjectedFault::Lagging(100)]);
    let client = connected_client(&[proxy.url()], options()).await;
    let error = fetch_all(&client).await.unwrap_err();
    assert!(matches!(error, FetchError::Rpc(RpcError::RetriesExhausted { .. })), "{error}");
}

#[tokio::test]
async fn withheld_logs_are_fetched_from_another_endpoint() {
    let withheld = InjectedFault::Withheld { blocks: 500..=600, by_hash: true };
    let (range, client) = fetch_beside_good_node([withheld]).await;
    assert!(client.endpoint_statuses()[0].penalties > 0);
    assert_eq!(client.endpoint_statuses()[1].penalties, 0);
    assert!(range.stats.suspect_blocks > 0);
}

#[tokio::test]
async fn logs_withheld_by_all_are_an_error() {
    for by_hash in [true, false] {
        let withheld = InjectedFault::Withheld { blocks: 500..=600, by_hash };
        let proxy = Proxy::start(&node().url(), [withheld]);
        let client = connected_client(&[proxy.url()], options()).await;
        let error = fetch_all(&client).await.unwrap_err();
        assert!(matches!(error, FetchError::WithheldLogs { block: 500..=600, .. }), "{error}");
        let endpoint = &client.endpoint_statuses()[0];
        assert!(error.to_string().contains(&endpoint.endpoint), "{error}");
        assert!(endpoint.penalties > 0);
    }
}

#[tokio::test]
async fn forged_logs_are_not_in_the_bloom() {
    let (_, client) = fetch_beside_good_node([InjectedFault::Forged]).await;
    assert!(client.endpoint_statuses()[0].penalties > 0);
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
async fn wrong_chain_is_refused_by_name() {
    let node = node();
    let proxy = Proxy::start(&node.url(), [InjectedFault::WrongChain(5)]);
    let url = Url::parse(&format!("{}v2/secretkey", proxy.url())).unwrap();
    let client = Client::new(&[url], options()).unwrap();
    let error = client.connect(CHAIN).await.unwrap_err().to_string();
    assert!(error.contains("127.0.0.1") && !error.contains("secretkey"), "{error}");
    assert!(error.contains("chain 5, not 31337"), "{error}");
    fetch_beside_good_node([InjectedFault::WrongChain(5)]).await;
}

#[tokio::test]
async fn dead_endpoint_is_skipped() {
    let node = node();
    let client = connected_client(&["http://127.0.0.1:1/".to_owned(), node.url()], options()).await;
    assert_same(&fetch_all(&client).await.unwrap(), &reference(&node).await);
}

#[tokio::test]
async fn dead_endpoint_alone_is_named_with_its_cause() {
    let url = Url::parse("http://127.0.0.1:1/v2/secretkey").unwrap();
    let client = Client::new(&[url], options()).unwrap();
    let error = client.connect(CHAIN).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("http://127.0.0.1:1/…: eth_chainId"), "{text}");
    assert!(!text.contains("secretkey"), "{text}");
    assert!(std::error::Error::source(&error).is_some());
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

#[tokio::test]
async fn pruned_node_has_neither_state_nor_finalized_block() {
    let node = node();
    let proxy = Proxy::start(&node.url(), [InjectedFault::Pruned]);
    let client = connected_client(&[proxy.url()], options()).await;
    let calls = [(contract(0), Bytes::new())];
    let error = client.call(&calls, BlockTag::Number(7)).await.unwrap_err();
    assert!(
        matches!(error, RpcError::StateUnavailable { block: BlockTag::Number(7), .. }),
        "{error}"
    );
    let error = client.header(BlockTag::Finalized).await.unwrap_err();
    assert!(matches!(error, RpcError::NoFinalizedBlock { .. }), "{error}");
    let both = connected_client(&[proxy.url(), node.url()], options()).await;
    both.call(&calls, BlockTag::Number(7)).await.unwrap();
    assert_eq!(both.header(BlockTag::Finalized).await.unwrap().number, BLOCKS - 65);
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
