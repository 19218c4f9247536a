//! The server on a real socket.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use plimsoll_serve::MAX_BODY_BYTES;
use tokio::net::TcpListener;

use crate::support::{get, post, state};

const BODY: &str = r#"{"market": "ethereum/maker/eth-b", "positions": [
    {"collateral": [{"asset": "ETH", "amount": 10}], "debt": [{"asset": "DAI", "amount": 9000}]}]}"#;

#[tokio::test]
async fn socket_responds_like_the_router_until_shutdown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let shutdown = async move {
        let _ = tokio::task::spawn_blocking(move || stopped.recv()).await;
    };
    let server = tokio::spawn(plimsoll_serve::serve(listener, state(), shutdown));
    let answers = tokio::task::spawn_blocking(move || request_all(address)).await.expect("answers");

    assert!(answers[0].starts_with("HTTP/1.1 200 OK\r\n"), "{}", answers[0]);
    assert_eq!(body(&answers[0]), get("/v1/accounts/ethereum/maker/eth-b/1").await.json);
    assert_eq!(body(&answers[1]), post("/v1/score", BODY).await.json);
    assert!(answers[2].starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{}", answers[2]);
    assert_eq!(body(&answers[2])["detail"], "the body has more than 8388608 bytes");

    drop(stop);
    server.await.expect("no panic").expect("it ends well");
    assert!(TcpStream::connect(address).is_err());
}

fn request_all(address: SocketAddr) -> [String; 3] {
    let head = "host: plimsoll\r\nconnection: close\r\n";
    let json = "content-type: application/json\r\n";
    let length = BODY.len();
    // A chunked body does not declare its length; this one is a byte too long.
    let (size, spaces) = (MAX_BODY_BYTES + 1, " ".repeat(MAX_BODY_BYTES + 1));
    [
        request(address, &format!("GET /v1/accounts/maker%2Feth-b%2F1 HTTP/1.1\r\n{head}\r\n")),
        request(
            address,
            &format!(
                "POST /v1/score HTTP/1.1\r\n{head}{json}content-length: {length}\r\n\r\n{BODY}"
            ),
        ),
        request(
            address,
            &format!(
                "POST /v1/score HTTP/1.1\r\n{head}{json}transfer-encoding: chunked\r\n\r\n\
                 {size:x}\r\n{spaces}\r\n0\r\n\r\n"
            ),
        ),
    ]
}

fn request(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
    stream.write_all(request.as_bytes()).expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it is answered");
    answer
}

fn body(answer: &str) -> serde_json::Value {
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(body).expect("JSON with a known length")
}
