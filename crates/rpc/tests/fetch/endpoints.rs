//! Endpoints that lag, withhold, forge or are dead, alone and beside a faultless one.

use alloy_primitives::Bytes;
use plimsoll_rpc::{BlockTag, Client, FetchError, RpcError};
use url::Url;

use super::node::{CHAIN, contract};
use super::proxy::{InjectedFault, Proxy};
use super::setup::{
    BLOCKS, assert_same, connected_client, fetch_all, fetch_beside_good_node, node, options,
    reference,
};

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
