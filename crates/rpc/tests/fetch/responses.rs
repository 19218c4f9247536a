//! Responses with null members and ids as text.

use plimsoll_rpc::BlockTag;

use super::proxy::{InjectedFault, Proxy};
use super::setup::{connected_client, fetch_all, fetch_through_proxy, node, options};

#[tokio::test]
async fn null_error_beside_a_result_is_no_error() {
    let (_, client, _) = fetch_through_proxy([InjectedFault::NullErrors]).await;
    assert_eq!(client.endpoint_statuses()[0].back_offs, 0);
    assert_eq!(client.endpoint_statuses()[0].batch_size, 100);
    client.header(BlockTag::Latest).await.unwrap();
}

#[tokio::test]
async fn null_error_without_a_result_is_a_clear_error() {
    let proxy = Proxy::start(&node().url(), [InjectedFault::NoResult { method: "eth_getLogs" }]);
    let client = connected_client(&[proxy.url()], options()).await;
    let error = fetch_all(&client).await.unwrap_err();
    let text = format!("{error}: {:?}", std::error::Error::source(&error));
    assert!(text.contains("neither a result nor an error"), "{text}");
    assert!(text.contains("127.0.0.1"), "{text}");
}
