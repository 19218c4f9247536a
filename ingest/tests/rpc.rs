//! Ranges fetched from nodes that limit, fail, lag and withhold: what comes is always the same.

#![allow(clippy::unwrap_used, reason = "what a test leans on may fail it")]

mod support {
    pub(crate) mod node;
    pub(crate) mod proxy;
}

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use alloy_primitives::Bytes;
use plimsoll_rpc::{BlockTag, CallOutcome, Client, LogFilter, RpcError, RpcOptions}; use plimsoll_ingest::chain::{FetchError, Slice, fetch};


use url::Url;

use support::node::{CHAIN, Chain, LONDON, Node, base_fee_wei, contract, signature};
use support::proxy::{Fault, Proxy};

const BLOCKS: u64 = 1_200;

/// The chain, made once for all tests.
static CHAIN_ITSELF: LazyLock<Arc<Chain>> = LazyLock::new(|| Chain::new(BLOCKS, BLOCKS, 0));

fn options() -> RpcOptions {
    RpcOptions {
        timeout: Duration::from_secs(2),
        backoff: Duration::from_millis(10),
        ..RpcOptions::default()
    }
}

fn node() -> Node {
    Node::start(Arc::clone(&CHAIN_ITSELF))
}

fn filter() -> LogFilter {
    LogFilter { addresses: [0, 1].map(contract).to_vec(), topics: [0, 2].map(signature).to_vec() }
}

async fn client_of(urls: &[String], options: RpcOptions) -> Client {
    let urls: Vec<Url> = urls.iter().map(|url| Url::parse(url).unwrap()).collect();
    let client = Client::new(&urls, options).unwrap();
    client.connect(CHAIN).await.unwrap();
    client
}

async fn whole(client: &Client) -> Result<Slice, FetchError> {
    fetch(client, &filter(), 0..=BLOCKS - 1).await
}

/// The slice as a faultless node gives it.
async fn plain(node: &Node) -> Slice {
    whole(&client_of(&[node.url()], options()).await).await.unwrap()
}

#[track_caller]
fn assert_same(slice: &Slice, plain: &Slice) {
    assert_eq!(slice.headers.len(), plain.headers.len());
    assert!(slice.headers == plain.headers, "other headers");
    assert_eq!(slice.logs.len(), plain.logs.len());
    assert!(slice.logs == plain.logs, "other logs");
}

/// Fetches through one proxy with some faults, and checks that nothing is lost.
async fn through(faults: impl Into<Vec<Fault>>) -> (Slice, Client, Proxy) {
    let node = node();
    let proxy = Proxy::start(&node.url(), faults);
    let client = client_of(&[proxy.url()], options()).await;
    let slice = whole(&client).await.unwrap();
    assert_same(&slice, &plain(&node).await);
    (slice, client, proxy)
}

/// Fetches from a proxy with some faults and a faultless node.
async fn beside_a_good_one(faults: impl Into<Vec<Fault>>) -> (Slice, Client) {
    let node = node();
    let proxy = Proxy::start(&node.url(), faults);
    let client = client_of(&[proxy.url(), node.url()], options()).await;
    let slice = whole(&client).await.unwrap();
    assert_same(&slice, &plain(&node).await);
    (slice, client)
}

#[tokio::test]
async fn plain_slice_is_what_the_chain_holds() {
    let slice = plain(&node()).await;
    assert_eq!(slice.headers.len(), 1_200);
    assert!(slice.logs.len() > 200, "{}", slice.logs.len());
    assert!(slice.logs.iter().all(|log| filter().passes(log)));
    assert!(slice.logs.is_sorted_by_key(|log| (log.block, log.log_index)));
    let stats = slice.stats;
    assert!(stats.doubted > 0 && stats.doubted == stats.confirmed_innocent, "{stats:?}");
    assert_eq!(stats.unjudged, 0);
}

#[tokio::test]
async fn headers_have_base_fees_once_the_chain_has() {
    let node = node();
    let client = client_of(&[node.url()], options()).await;
    let headers = client.headers(LONDON - 5..=LONDON + 5).await.unwrap();
    assert!(headers.iter().all(|header| header.base_fee_wei == base_fee_wei(header.number)));
    assert_eq!(headers.iter().filter(|header| header.base_fee_wei.is_some()).count(), 6);
}

#[tokio::test]
async fn limit_of_blocks_is_learned_from_its_text() {
    let (_, client, _) = through([Fault::MaxBlocks(500)]).await;
    assert_eq!(client.standings()[0].window_blocks, 500);
    let (_, client, _) = through([Fault::TooWide(500)]).await;
    assert!(client.standings()[0].window_blocks <= 500);
}

#[tokio::test]
async fn limit_of_results_halves_the_window() {
    let (_, client, _) = through([Fault::MaxResults(40)]).await;
    assert!(client.standings()[0].window_blocks < 1_200);
}

#[tokio::test]
async fn one_block_over_the_limit_is_an_error() {
    let proxy = Proxy::start(&node().url(), [Fault::MaxResults(2)]);
    let client = client_of(&[proxy.url()], options()).await;
    let all = LogFilter { addresses: (0..6).map(contract).collect(), topics: Vec::new() };
    let error = fetch(&client, &all, 0..=99).await.unwrap_err();
    assert!(matches!(error, FetchError::TooMuch { .. }), "{error}");
    assert!(error.to_string().contains("one block alone"), "{error}");
}

#[tokio::test]
async fn retry_after_is_kept() {
    let start = Instant::now();
    through([Fault::TooManyRequests { every: 7, retry_after_s: 1 }]).await;
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn broken_answers_are_asked_for_again() {
    through([Fault::BadGateway { every: 3 }]).await;
    through([Fault::Truncated { every: 4 }]).await;
}

#[tokio::test]
async fn silence_is_not_waited_out() {
    let node = node();
    let proxy = Proxy::start(&node.url(), [Fault::Silent { every: 9 }]);
    let hasty = RpcOptions { timeout: Duration::from_millis(700), ..options() };
    let client = client_of(&[proxy.url()], hasty).await;
    assert_same(&whole(&client).await.unwrap(), &plain(&node).await);
}

#[tokio::test]
async fn batches_shrink_to_what_is_taken() {
    let (_, client, _) = through([Fault::NoBatches]).await;
    assert_eq!(client.standings()[0].batch_size, 1);
    let (_, client, _) = through([Fault::MaxBatch(30)]).await;
    assert_eq!(client.standings()[0].batch_size, 25);
}

#[tokio::test]
async fn all_at_once_still_gives_the_same() {
    through([
        Fault::MaxBlocks(500),
        Fault::MaxResults(40),
        Fault::MaxBatch(50),
        Fault::BadGateway { every: 11 },
        Fault::Truncated { every: 13 },
    ])
    .await;
}

#[tokio::test]
async fn lagging_node_is_blamed_and_another_asked() {
    let (_, client) = beside_a_good_one([Fault::Lagging(100)]).await;
    assert!(client.standings()[0].blamed > 0);
    assert_eq!(client.standings()[1].blamed, 0);
    assert_eq!(client.head(BlockTag::Latest).await.unwrap().number, BLOCKS - 1);
}

#[tokio::test]
async fn lagging_node_alone_is_an_error() {
    let proxy = Proxy::start(&node().url(), [Fault::Lagging(100)]);
    let client = client_of(&[proxy.url()], options()).await;
    let error = whole(&client).await.unwrap_err();
    assert!(matches!(error, FetchError::Rpc(RpcError::GaveUp { .. })), "{error}");
}

#[tokio::test]
async fn withheld_logs_are_found_elsewhere() {
    let withheld = Fault::Withheld { blocks: 500..=600, by_hash: true };
    let (slice, client) = beside_a_good_one([withheld]).await;
    assert!(client.standings()[0].blamed > 0);
    assert_eq!(client.standings()[1].blamed, 0);
    assert!(slice.stats.doubted > 0);
}

#[tokio::test]
async fn logs_withheld_by_all_are_an_error() {
    for by_hash in [true, false] {
        let withheld = Fault::Withheld { blocks: 500..=600, by_hash };
        let proxy = Proxy::start(&node().url(), [withheld]);
        let client = client_of(&[proxy.url()], options()).await;
        let error = whole(&client).await.unwrap_err();
        assert!(matches!(error, FetchError::Withheld { block: 500..=600, .. }), "{error}");
        let endpoint = &client.standings()[0];
        assert!(error.to_string().contains(&endpoint.endpoint), "{error}");
        assert!(endpoint.blamed > 0);
    }
}

#[tokio::test]
async fn forged_logs_are_not_in_the_bloom() {
    let (_, client) = beside_a_good_one([Fault::Forged]).await;
    assert!(client.standings()[0].blamed > 0);
}

#[tokio::test]
async fn reorganisation_amid_the_fetch_is_seen() {
    let fork = Chain::new(BLOCKS, 1_000, 1);
    let slices = [plain(&node()).await, plain(&Node::start(Arc::clone(&fork))).await];
    assert!(slices[0].headers != slices[1].headers && slices[0].logs != slices[1].logs);
    for requests in [1, 4, 8, 12, 14] {
        let node = node();
        let client = client_of(&[node.url()], options()).await;
        node.reorganise_after(requests, Arc::clone(&fork));
        let slice = whole(&client).await.unwrap();
        let of_one = |one: &Slice| one.headers == slice.headers && one.logs == slice.logs;
        assert!(slices.iter().any(of_one), "after {requests} requests it is a mixture");
    }
}

#[tokio::test]
async fn wrong_chain_is_refused_by_name() {
    let node = node();
    let proxy = Proxy::start(&node.url(), [Fault::WrongChain(5)]);
    let url = Url::parse(&format!("{}v2/secretkey", proxy.url())).unwrap();
    let client = Client::new(&[url], options()).unwrap();
    let error = client.connect(CHAIN).await.unwrap_err().to_string();
    assert!(error.contains("127.0.0.1") && !error.contains("secretkey"), "{error}");
    assert!(error.contains("chain 5, not 31337"), "{error}");
    beside_a_good_one([Fault::WrongChain(5)]).await;
}

#[tokio::test]
async fn dead_endpoint_is_passed_over() {
    let node = node();
    let client = client_of(&["http://127.0.0.1:1/".to_owned(), node.url()], options()).await;
    assert_same(&whole(&client).await.unwrap(), &plain(&node).await);
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
    let client = client_of(&[node.url()], options()).await;
    let calls = [(contract(0), Bytes::new()), (contract(1), Bytes::new())];
    let outcomes = client.call(&calls, BlockTag::Number(7)).await.unwrap();
    assert_eq!(outcomes[0], CallOutcome::Returned(Bytes::from_static(&[0x2a])));
    assert_eq!(outcomes[1], CallOutcome::Reverted("execution reverted: 4".to_owned()));
    assert!(!client.code(contract(0), BlockTag::Latest).await.unwrap().is_empty());
}

#[tokio::test]
async fn pruned_node_has_neither_state_nor_finality() {
    let node = node();
    let proxy = Proxy::start(&node.url(), [Fault::Pruned]);
    let client = client_of(&[proxy.url()], options()).await;
    let calls = [(contract(0), Bytes::new())];
    let error = client.call(&calls, BlockTag::Number(7)).await.unwrap_err();
    assert!(matches!(error, RpcError::NoState { block: BlockTag::Number(7), .. }), "{error}");
    let error = client.head(BlockTag::Finalized).await.unwrap_err();
    assert!(matches!(error, RpcError::NoFinalized { .. }), "{error}");
    let both = client_of(&[proxy.url(), node.url()], options()).await;
    both.call(&calls, BlockTag::Number(7)).await.unwrap();
    assert_eq!(both.head(BlockTag::Finalized).await.unwrap().number, BLOCKS - 65);
}

#[tokio::test]
async fn requests_keep_the_pace() {
    let node = node();
    let slow = RpcOptions { requests_per_s: Some(50.0), ..options() };
    let client = client_of(&[node.url()], slow).await;
    let start = Instant::now();
    client.headers(0..=99).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(900), "{:?}", start.elapsed());
}
