//! Endpoints that are busy or out of reach for a while.

use std::time::Duration;

use plimsoll_rpc::{FetchError, RpcError, RpcOptions};

use super::proxy::{InjectedFault, Proxy};
use super::setup::{assert_same, connected_client, fetch_all, node, options, reference};

const BUSY: &str = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32012,"message":"busy"}}"#;

/// Short back-offs: an outage of many attempts takes little time.
fn patient() -> RpcOptions {
    RpcOptions { max_backoff: Duration::from_millis(20), ..options() }
}

fn outage(first: u64, status: u16, body: &str) -> InjectedFault {
    InjectedFault::Outage { first, status, body: body.to_owned() }
}

#[tokio::test]
async fn outage_of_many_attempts_is_waited_for() {
    for (status, body) in [(429, "slow down"), (502, "<html></html>"), (200, BUSY), (503, "")] {
        let node = node();
        let proxy = Proxy::start(&node.url(), [outage(60, status, body)]);
        let client = connected_client(&[proxy.url()], patient()).await;
        assert_same(&fetch_all(&client).await.unwrap(), &reference(&node).await);
        assert!(proxy.requests() > 60, "{status}");
        assert!(client.endpoint_statuses()[0].back_offs > 8, "{status}");
    }
}

#[tokio::test]
async fn endless_outage_is_an_error_that_names_the_endpoint_and_the_time() {
    for (status, body) in [(429, "slow down"), (502, "<html></html>")] {
        let node = node();
        let proxy = Proxy::start(&node.url(), []);
        let client = connected_client(&[proxy.url()], patient()).await;
        proxy.add(outage(u64::MAX, status, body));
        let error = fetch_all(&client).await.unwrap_err();
        let FetchError::Rpc(RpcError::RetriesExhausted { attempts, elapsed_s, .. }) = &error else {
            panic!("{error}")
        };
        assert!(*attempts > 8 && *elapsed_s >= 3, "{error}");
        assert!(error.to_string().contains(proxy.url().trim_end_matches('/')), "{error}");
    }
}

#[tokio::test]
async fn another_endpoint_is_used_meanwhile() {
    let node = node();
    let proxy = Proxy::start(&node.url(), [outage(u64::MAX, 429, "slow down")]);
    let client = connected_client(&[proxy.url(), node.url()], options()).await;
    assert_same(&fetch_all(&client).await.unwrap(), &reference(&node).await);
    assert_eq!(client.endpoint_statuses()[1].back_offs, 0);
}
