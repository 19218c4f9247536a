//! Refusals of many blocks, in whatever words: the window adapts, and nothing is lost.

use plimsoll_rpc::{EndpointStatus, RpcOptions};

use super::proxy::{InjectedFault, Proxy};
use super::setup::{
    assert_same, connected_client, fetch_all, fetch_through_proxy, node, options, reference,
};

/// The endpoint's status after a whole range was fetched.
async fn status_after(fault: InjectedFault) -> (EndpointStatus, u64) {
    let (_, client, proxy) = fetch_through_proxy([fault]).await;
    (client.endpoint_statuses().remove(0), proxy.requests())
}

fn refused(blocks: u64, code: i64, text: &str) -> InjectedFault {
    InjectedFault::Refused { blocks, code, text: text.to_owned() }
}

#[tokio::test]
async fn limits_of_users_reports_are_learned() {
    for (blocks, code, text) in [
        (100, -32000, "too wide blocks range, the limit is 100"),
        (
            150,
            -32000,
            "block range is larger than max block range, block range = 1200, max block range = 150",
        ),
    ] {
        let (status, _) = status_after(refused(blocks, code, text)).await;
        assert_eq!(status.window_blocks, blocks, "{text}");
        assert_eq!(status.back_offs, 0, "{text}");
    }
    for (code, text) in [
        (-32005, "Requested range exceeds maximum RPC range limit"),
        (-32701, "Please specify an address in your request or, to remove restrictions, order"),
        (-32000, "query block range exceeds server limit"),
    ] {
        let (status, _) = status_after(refused(90, code, text)).await;
        assert!((45..=90).contains(&status.window_blocks), "{text}: {status:?}");
        assert_eq!(status.back_offs, 0, "{text}");
    }
}

#[tokio::test]
async fn refusals_of_unknown_text_halve_the_range() {
    for (code, text) in [
        (-32000, "no"),
        (-32602, "this much history is not on the menu"),
        (-32603, "scan budget used up"),
        (-32005, "plan allows less"),
        (-32701, "prohibited"),
        (0, ""),
    ] {
        let (status, requests) = status_after(refused(30, code, text)).await;
        assert!((15..=38).contains(&status.window_blocks), "{code} {text}: {status:?}");
        assert_eq!(status.back_offs, 0, "{text}");
        assert!(requests < 250, "{code} {text}: {requests} requests");
    }
}

#[tokio::test]
async fn refusals_by_status_halve_the_range_at_once() {
    let rpc_error = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"too much"}}"#;
    for (status, body) in [
        (413, ""),
        (413, "<html>Request Entity Too Large</html>"),
        (413, rpc_error),
        (400, rpc_error),
        (400, r#"{"message":"bad request"}"#),
        (422, "unprocessable"),
        (414, "too long"),
    ] {
        let fault = InjectedFault::RefusedByStatus { blocks: 60, status, body: body.to_owned() };
        let (found, _) = status_after(fault).await;
        assert_eq!(found.back_offs, 0, "{status} {body}");
        assert!(found.window_blocks <= 75, "{status} {body}: {found:?}");
        assert_eq!(found.batch_size, 100, "{status} {body}: batches were not refused");
    }
}

#[tokio::test]
async fn server_error_at_many_blocks_narrows_the_window_too() {
    let fault = InjectedFault::RefusedByStatus { blocks: 200, status: 503, body: String::new() };
    let (found, requests) = status_after(fault).await;
    assert!(requests < 300, "{found:?}: {requests} requests");
}

#[tokio::test]
async fn bound_of_the_user_is_never_exceeded() {
    let node = node();
    // A request for more than 50 blocks would fail for good.
    let strict = InjectedFault::RefusedByStatus { blocks: 50, status: 401, body: String::new() };
    let proxy = Proxy::start(&node.url(), [strict]);
    let bounded = RpcOptions { max_window_blocks: 50, ..options() };
    let client = connected_client(&[proxy.url()], bounded).await;
    for _ in 0..3 {
        assert_same(&fetch_all(&client).await.unwrap(), &reference(&node).await);
    }
    assert_eq!(client.endpoint_statuses()[0].window_blocks, 50);
}

#[tokio::test]
async fn refusal_of_access_is_an_error_once_a_single_block_is_refused() {
    for fault in [
        InjectedFault::RefusedByStatus { blocks: 0, status: 401, body: "who?".to_owned() },
        refused(0, -32601, "the method eth_getLogs does not exist/is not available"),
        refused(0, -32000, "invalid API key"),
    ] {
        let proxy = Proxy::start(&node().url(), [fault]);
        let client = connected_client(&[proxy.url()], options()).await;
        fetch_all(&client).await.unwrap_err();
        // A plan may word its limit as a denial, so that fewer blocks are tried first.
        assert_eq!(client.endpoint_statuses()[0].window_blocks, 1);
        assert_eq!(client.endpoint_statuses()[0].back_offs, 0);
    }
}

#[tokio::test]
async fn limit_that_is_worded_as_a_denial_halves_the_range() {
    for fault in [
        refused(60, -32000, "unauthorized: this plan may not read so many blocks"),
        refused(60, -32000, "history pruned? archive request beyond limit"),
        refused(60, -32601, "method eth_getLogs with range not available on the free plan"),
        refused(60, -32001, "Block range exceeds allowed for your plan: forbidden"),
    ] {
        let node = node();
        let proxy = Proxy::start(&node.url(), [fault]);
        let client = connected_client(&[proxy.url()], options()).await;
        assert_same(&fetch_all(&client).await.unwrap(), &reference(&node).await);
        assert!(client.endpoint_statuses()[0].window_blocks <= 60);
    }
}
