//! A proxy of a real node that injects faults, deterministically.

#![allow(dead_code, reason = "each test uses some faults only")]
#![allow(clippy::unwrap_used, reason = "a failed precondition fails the test")]

mod fault;
pub(crate) mod json_rpc;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

pub(crate) use fault::InjectedFault;
use fault::{alter_response, exceeds_max_batch, faulty_response, refusal, refused_by_status};
use json_rpc::{error_response, hex, number, requested_blocks, success_response};

/// A proxy on a thread of its own, until the test ends.
pub(crate) struct Proxy {
    address: SocketAddr,
    requests: Arc<AtomicU64>,
    faults: Arc<RwLock<Vec<InjectedFault>>>,
}

struct ProxyState {
    upstream: String,
    client: reqwest::Client,
    faults: Arc<RwLock<Vec<InjectedFault>>>,
    requests: Arc<AtomicU64>,
}

impl Proxy {
    /// Starts a proxy of the node at a URL, with some faults.
    pub(crate) fn start(upstream: &str, faults: impl Into<Vec<InjectedFault>>) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let requests = Arc::new(AtomicU64::new(0));
        let faults = Arc::new(RwLock::new(faults.into()));
        let proxy = Arc::new(ProxyState {
            upstream: upstream.to_owned(),
            client: reqwest::Client::new(),
            faults: Arc::clone(&faults),
            requests: Arc::clone(&requests),
        });
        let app = Router::new().route("/{*key}", post(forward)).route("/", post(forward));
        Self { address: serve(app.with_state(proxy)), requests, faults }
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Injects one more fault from now on.
    pub(crate) fn add(&self, fault: InjectedFault) {
        self.faults.write().unwrap().push(fault);
    }

    /// The number of HTTP requests received.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

/// Serves on a free port of this machine, on a thread of its own.
pub(crate) fn serve(app: Router) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    address
}

async fn forward(State(proxy): State<Arc<ProxyState>>, body: Bytes) -> Response {
    let number = proxy.requests.fetch_add(1, Ordering::Relaxed) + 1;
    let faults = proxy.faults();
    for fault in &faults {
        if let Some(response) = faulty_response(fault, number).await {
            return response;
        }
    }
    let request: Value = serde_json::from_slice(&body).unwrap();
    let entries = request.as_array().map_or(std::slice::from_ref(&request), Vec::as_slice);
    if let Some(response) = faults.iter().find_map(|fault| refused_by_status(fault, entries)) {
        return response;
    }
    let answer = match request.as_array() {
        Some(batch) if faults.iter().any(|fault| matches!(fault, InjectedFault::NoBatches)) => {
            assert!(!batch.is_empty());
            error_response(&Value::Null, -32600, "batch requests are not supported")
        }
        Some(batch) if faults.iter().any(|fault| exceeds_max_batch(fault, batch.len())) => {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        }
        Some(batch) => Value::Array(proxy.respond(batch).await),
        None => proxy.respond(std::slice::from_ref(&request)).await.remove(0),
    };
    let mut text = answer.to_string();
    if faults
        .iter()
        .any(|fault| matches!(fault, InjectedFault::Truncated { every } if number.is_multiple_of(*every)))
    {
        text.truncate(text.len() / 2);
    }
    text.into_response()
}

impl ProxyState {
    fn faults(&self) -> Vec<InjectedFault> {
        self.faults.read().unwrap().clone()
    }

    async fn respond(&self, requests: &[Value]) -> Vec<Value> {
        let mut answers = vec![Value::Null; requests.len()];
        let mut passed = Vec::new();
        for (index, request) in requests.iter().enumerate() {
            let mut request = request.clone();
            match self.replaced_response(&mut request).await {
                Some(answer) => answers[index] = answer,
                None => passed.push((index, request)),
            }
        }
        if passed.is_empty() {
            return answers;
        }
        let batch = passed.iter().map(|(_, request)| request.clone()).collect();
        let mut replies = self.request(&Value::Array(batch)).await;
        for reply in replies.as_array_mut().unwrap() {
            let of_reply = |(_, request): &&(usize, Value)| request["id"] == reply["id"];
            let (index, request) = passed.iter().find(of_reply).unwrap();
            self.faults().iter().for_each(|fault| alter_response(fault, request, reply));
            answers[*index] = reply.take();
        }
        answers
    }

    async fn replaced_response(&self, request: &mut Value) -> Option<Value> {
        for fault in &self.faults() {
            if let Some(answer) = refusal(fault, request) {
                return Some(answer);
            }
            if let Some(answer) = self.replacement(fault, request).await {
                return Some(answer);
            }
        }
        None
    }

    async fn request(&self, request: &Value) -> Value {
        let post = self.client.post(&self.upstream).header("content-type", "application/json");
        let response = post.body(request.to_string()).send().await.unwrap();
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    }

    /// The response of a fault instead of the node's; it may also change the request.
    async fn replacement(&self, fault: &InjectedFault, request: &mut Value) -> Option<Value> {
        let method = request["method"].as_str().unwrap().to_owned();
        let id = request["id"].clone();
        let refuse = |text: &str| Some(error_response(&id, -32000, text));
        match (fault, method.as_str()) {
            (InjectedFault::WrongChain(chain), "eth_chainId") => {
                Some(success_response(&id, json!(hex(*chain))))
            }
            (InjectedFault::MaxBlocks(most), "eth_getLogs")
                if requested_blocks(request) > *most =>
            {
                refuse(&format!("exceed maximum block range: {most}"))
            }
            (InjectedFault::TooWide(most), "eth_getLogs") if requested_blocks(request) > *most => {
                refuse("block range is too wide")
            }
            (InjectedFault::Pruned, "eth_getBlockByNumber")
                if request["params"][0] == "finalized" =>
            {
                refuse("finalized block not found")
            }
            (InjectedFault::Pruned, "eth_call" | "eth_getCode")
                if request["params"][1] != "latest" =>
            {
                refuse("missing trie node 0a (path ) state 0x0a is not available")
            }
            (InjectedFault::Lagging(blocks), _) => {
                self.lagging_response(*blocks, &method, request).await
            }
            _ => None,
        }
    }

    async fn lagging_response(
        &self,
        blocks: u64,
        method: &str,
        request: &mut Value,
    ) -> Option<Value> {
        let head_request =
            json!({ "jsonrpc": "2.0", "id": 0, "method": "eth_blockNumber", "params": [] });
        let head = number(&self.request(&head_request).await["result"])?.saturating_sub(blocks);
        let id = request["id"].clone();
        match method {
            "eth_blockNumber" => Some(success_response(&id, json!(hex(head)))),
            "eth_getBlockByNumber" => match number(&request["params"][0]) {
                Some(asked) => (asked > head).then(|| success_response(&id, Value::Null)),
                None => {
                    request["params"][0] = json!(hex(head));
                    None
                }
            },
            "eth_getLogs" => {
                let filter = &mut request["params"][0];
                if number(&filter["fromBlock"])? > head {
                    return Some(success_response(&id, json!([])));
                }
                let to = number(&filter["toBlock"])?.min(head);
                filter["toBlock"] = json!(hex(to));
                None
            }
            _ => None,
        }
    }
}
