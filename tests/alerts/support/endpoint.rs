//! A webhook endpoint that fails a third of the requests.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;

/// A message received by an endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Receipt {
    /// The endpoint.
    pub(crate) endpoint: String,
    pub(crate) id: String,
    pub(crate) body: Value,
    /// Whether it was accepted.
    pub(crate) accepted: bool,
}

/// Several endpoints, identified by the last part of their paths.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) address: SocketAddr,
    receipts: Arc<Mutex<Vec<Receipt>>>,
}

#[derive(Debug, Clone)]
struct EndpointState {
    fails: bool,
    receipts: Arc<Mutex<Vec<Receipt>>>,
    tries: Arc<Mutex<HashMap<String, u64>>>,
}

impl Endpoint {
    /// An endpoint that accepts everything, or fails a third of the time; runs in its own thread until the process ends.
    pub(crate) fn start(fails: bool) -> Self {
        let receipts = Arc::new(Mutex::new(Vec::new()));
        let state = EndpointState { fails, receipts: Arc::clone(&receipts), tries: Arc::default() };
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                sender.send(listener.local_addr().expect("an address")).expect("it is awaited");
                let app = Router::new().route("/hook/{endpoint}", post(receive)).with_state(state);
                axum::serve(listener, app).await.expect("it serves");
            });
        });
        Self { address: receiver.recv().expect("it listens"), receipts }
    }

    pub(crate) fn url(&self, endpoint: usize) -> String {
        format!("http://{}/hook/{endpoint}", self.address)
    }

    pub(crate) fn receipts(&self) -> Vec<Receipt> {
        self.receipts.lock().expect("no test panicked").clone()
    }

    pub(crate) fn accepted(&self) -> usize {
        self.receipts.lock().expect("no test panicked").iter().filter(|r| r.accepted).count()
    }
}

async fn receive(
    State(state): State<EndpointState>,
    Path(endpoint): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let id = headers["webhook-id"].to_str().expect("text").to_owned();
    let body: Value = serde_json::from_str(&body).expect("JSON");
    // The response depends on the content and the attempt: ids differ from run to run.
    let content = format!("{endpoint} {} {}", body["data"]["account"], body["data"]["rule"]);
    let tries = {
        let mut tries = state.tries.lock().expect("no test panicked");
        let tries = tries.entry(content.clone()).or_default();
        *tries += 1;
        *tries
    };
    let chance = if state.fails { (fnv1a(&content, tries) >> 32) % 30 } else { 29 };
    let receipt = Receipt { endpoint, id, body, accepted: chance >= 10 };
    state.receipts.lock().expect("no test panicked").push(receipt);
    match chance {
        0..5 => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        5 => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response(),
        // The message is received, but the connection ends without a response.
        6..10 => std::panic::resume_unwind(Box::new("hung up")),
        _ => StatusCode::NO_CONTENT.into_response(),
    }
}

/// Fowler-Noll-Vo, 64 bits, 1a.
fn fnv1a(text: &str, tries: u64) -> u64 {
    let bytes = text.bytes().chain(tries.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
