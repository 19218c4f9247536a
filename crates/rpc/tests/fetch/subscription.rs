//! New blocks that a WebSocket endpoint reports.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use plimsoll_rpc::{Client, RpcError};
use tokio::net::TcpListener;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;
use url::Url;

use super::node::CHAIN;
use super::setup::{node, options};

const HEAD: &str = r#"{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"0x1","result":{"number":"0x5"}}}"#;

/// An endpoint that reports one block on each connection, and closes it.
async fn ws_endpoint() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let mut socket = accept_async(stream).await.unwrap();
            let request = socket.next().await.unwrap().unwrap();
            assert!(request.to_text().unwrap().contains(r#""eth_subscribe""#), "{request}");
            let confirmed = r#"{"jsonrpc":"2.0","id":1,"result":"0x1"}"#;
            socket.send(Message::text(confirmed)).await.unwrap();
            socket.send(Message::text(HEAD)).await.unwrap();
        }
    });
    Url::parse(&format!("ws://{address}/v3/s3cr3tkey")).unwrap()
}

#[tokio::test]
async fn new_block_ends_the_wait_also_after_the_connection_broke() {
    let http = Url::parse(&node().url()).unwrap();
    let client = Client::new(&[ws_endpoint().await, http], options()).unwrap();
    client.connect(CHAIN).await.unwrap();
    assert_eq!(client.endpoint_statuses().len(), 1, "requests go to the http endpoint only");
    // Without a report each wait would be an hour.
    client.wait_for_head(Duration::from_secs(3_600)).await;
    client.wait_for_head(Duration::from_secs(3_600)).await;
}

#[tokio::test]
async fn wait_ends_in_time_without_a_report() {
    let http = Url::parse(&node().url()).unwrap();
    let dead = Url::parse("ws://127.0.0.1:1/").unwrap();
    for urls in [vec![dead, http.clone()], vec![http]] {
        let client = Client::new(&urls, options()).unwrap();
        client.wait_for_head(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn ws_endpoint_alone_is_an_error_that_names_what_is_missing() {
    let error = Client::new(&[ws_endpoint().await], options()).unwrap_err();
    assert!(matches!(error, RpcError::NoHttpEndpoint { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("add an http") && !text.contains("s3cr3tkey"), "{text}");
    let ftp = Url::parse("ftp://example.org/").unwrap();
    let error = Client::new(&[ftp], options()).unwrap_err();
    assert!(error.to_string().contains("`ftp`"), "{error}");
}
