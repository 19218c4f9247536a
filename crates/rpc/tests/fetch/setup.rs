//! A chain shared by all tests, and fetches compared with those from a faultless node.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use plimsoll_rpc::{Client, FetchError, FetchRequest, FetchedRange, LogFilter, RpcOptions, fetch};
use url::Url;

use super::node::{CHAIN, Chain, Node, contract, signature};
use super::proxy::{InjectedFault, Proxy};

pub(crate) const BLOCKS: u64 = 1_200;

/// The chain, generated once for all tests.
pub(crate) static SHARED_CHAIN: LazyLock<Arc<Chain>> =
    LazyLock::new(|| Chain::new(BLOCKS, BLOCKS, 0));

pub(crate) fn options() -> RpcOptions {
    RpcOptions {
        timeout: Duration::from_secs(2),
        initial_backoff: Duration::from_millis(10),
        max_backoff: Duration::from_millis(1_000),
        give_up_after: Duration::from_secs(3),
        ..RpcOptions::default()
    }
}

pub(crate) fn node() -> Node {
    Node::start(Arc::clone(&SHARED_CHAIN))
}

pub(crate) fn filter() -> LogFilter {
    LogFilter { addresses: [0, 1].map(contract).to_vec(), topics: [0, 2].map(signature).to_vec() }
}

pub(crate) async fn connected_client(urls: &[String], options: RpcOptions) -> Client {
    let urls: Vec<Url> = urls.iter().map(|url| Url::parse(url).unwrap()).collect();
    let client = Client::new(&urls, options).unwrap();
    client.connect(CHAIN).await.unwrap();
    client
}

pub(crate) async fn fetch_all(client: &Client) -> Result<FetchedRange, FetchError> {
    fetch(client, &FetchRequest::new(filter(), 0..=BLOCKS - 1)).await
}

/// The range from a faultless node.
pub(crate) async fn reference(node: &Node) -> FetchedRange {
    fetch_all(&connected_client(&[node.url()], options()).await).await.unwrap()
}

#[track_caller]
pub(crate) fn assert_same(range: &FetchedRange, expected: &FetchedRange) {
    assert_eq!(range.headers.len(), expected.headers.len());
    assert!(range.headers == expected.headers, "other headers");
    assert_eq!(range.logs.len(), expected.logs.len());
    assert!(range.logs == expected.logs, "other logs");
}

/// Fetches through one proxy with some faults, and checks that nothing is lost.
pub(crate) async fn fetch_through_proxy(
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
pub(crate) async fn fetch_beside_good_node(
    faults: impl Into<Vec<InjectedFault>>,
) -> (FetchedRange, Client) {
    let node = node();
    let proxy = Proxy::start(&node.url(), faults);
    let client = connected_client(&[proxy.url(), node.url()], options()).await;
    let range = fetch_all(&client).await.unwrap();
    assert_same(&range, &reference(&node).await);
    (range, client)
}
