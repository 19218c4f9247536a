//! Connections are reused, and bodies compressed.

use std::io::Write;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::serve::ListenerExt;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::future::join_all;
use plimsoll_rpc::{BlockTag, CallOutcome, RpcOptions};
use serde_json::{Value, json};

use super::node::{Node, contract};
use super::proxy::{Proxy, serve};
use super::setup::{BLOCKS, SHARED_CHAIN, connected_client, options};

/// Answers each request with the header of its block, compressed.
async fn compressed_header(headers: HeaderMap, body: Bytes) -> Response {
    let encodings = headers["accept-encoding"].to_str().unwrap();
    assert!(encodings.contains("gzip") && encodings.contains("zstd"), "{encodings}");
    let request: Value = serde_json::from_slice(&body).unwrap();
    let answer = |request: &Value| {
        let result = match request["method"].as_str().unwrap() {
            "eth_chainId" => json!("0x7a69"),
            _ => json!({
                "number": request["params"][0], "timestamp": "0x1",
                "hash": format!("0x{:064}", 1), "parentHash": format!("0x{:064}", 0),
                "logsBloom": format!("0x{}", "0".repeat(512)),
            }),
        };
        json!({ "jsonrpc": "2.0", "id": request["id"], "result": result })
    };
    let answer = match request.as_array() {
        Some(batch) => batch.iter().map(answer).collect(),
        None => answer(&request),
    };
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(answer.to_string().as_bytes()).unwrap();
    ([("content-encoding", "gzip")], encoder.finish().unwrap()).into_response()
}

#[tokio::test]
async fn compressed_bodies_are_requested_and_read() {
    let address = serve(Router::new().route("/", post(compressed_header)));
    let client = connected_client(&[format!("http://{address}/")], options()).await;
    let headers = client.headers(5..=7).await.unwrap();
    assert_eq!(headers.iter().map(|header| header.number).collect::<Vec<_>>(), [5, 6, 7]);
}

#[tokio::test]
async fn connections_are_reused() {
    let node = Node::start(Arc::clone(&SHARED_CHAIN));
    let connections = Arc::new(AtomicUsize::new(0));
    let upstream = Arc::new(Mutex::new(node.url()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let counted = Arc::clone(&connections);
    let listener = listener.tap_io(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let forward = move |body: Bytes| {
        let upstream = upstream.lock().unwrap().clone();
        async move {
            let client = reqwest::Client::new();
            let post = client.post(upstream).header("content-type", "application/json");
            post.body(body).send().await.unwrap().bytes().await.unwrap().into_response()
        }
    };
    tokio::spawn(
        async move { axum::serve(listener, Router::new().route("/", post(forward))).await },
    );
    let narrow = RpcOptions { batch_size: 10, ..options() };
    let client = connected_client(&[format!("http://{address}/")], narrow).await;
    let headers = client.headers(0..=BLOCKS - 1).await.unwrap();
    assert_eq!(headers.len() as u64, BLOCKS);
    client.header(BlockTag::Latest).await.unwrap();
    let connections = connections.load(Ordering::Relaxed);
    assert!(connections <= 40, "{connections} connections for more than 120 requests");
}

#[tokio::test]
async fn calls_at_the_same_time_are_one_request() {
    let node = Node::start(Arc::clone(&SHARED_CHAIN));
    let proxy = Proxy::start(&node.url(), []);
    let client = connected_client(&[proxy.url()], options()).await;
    let before = proxy.requests();
    let calls = (0..20u64).map(|number| {
        let client = &client;
        async move {
            let call = [(contract(number % 2), alloy_primitives::Bytes::new())];
            client.call(&call, BlockTag::Number(number)).await.unwrap().remove(0)
        }
    });
    let outcomes = join_all(calls).await;
    for (number, outcome) in outcomes.iter().enumerate() {
        assert_eq!(matches!(outcome, CallOutcome::Returned(_)), number % 2 == 0, "{outcome:?}");
    }
    assert_eq!(proxy.requests() - before, 1);
}
