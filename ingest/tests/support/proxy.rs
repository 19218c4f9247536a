//! A node's bad side: passes requests on to a real one and misbehaves on order, always the same.

#![allow(dead_code, reason = "each test has use for some faults only")]
#![allow(clippy::unwrap_used, reason = "what a test leans on may fail it")]

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

/// One way to misbehave. Every k-th HTTP request is meant by `every`, counted from the first.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Refuses logs of more than so many blocks at once, naming the number.
    MaxBlocks(u64),
    /// Refuses logs of more than so many blocks at once, without saying of how many.
    TooWide(u64),
    /// Refuses to answer more than so many logs at once.
    MaxResults(usize),
    /// Answers 429 with `Retry-After`.
    TooManyRequests { every: u64, retry_after_s: u64 },
    /// Answers 502 with a page of HTML.
    BadGateway { every: u64 },
    /// Never answers.
    Silent { every: u64 },
    /// Answers half of the body.
    Truncated { every: u64 },
    /// Answers as if the last so many blocks were not there yet; their logs are `[]`.
    Lagging(u64),
    /// Says that it serves this chain.
    WrongChain(u64),
    /// Leaves out the logs of some blocks; also when asked for a block by its hash if `by_hash`.
    Withheld { blocks: RangeInclusive<u64>, by_hash: bool },
    /// Says of every log that another contract wrote it.
    Forged,
    /// Refuses batches.
    NoBatches,
    /// Refuses batches of more than so many entries with status 413.
    MaxBatch(usize),
    /// Knows no `finalized`, and no state but the latest.
    Pruned,
}

/// A proxy on its own thread, until the test ends.
pub(crate) struct Proxy {
    address: SocketAddr,
    requests: Arc<AtomicU64>,
}

struct Way {
    upstream: String,
    client: reqwest::Client,
    faults: Vec<Fault>,
    requests: Arc<AtomicU64>,
}

impl Proxy {
    /// Stands in front of the node at a URL with all of some faults.
    pub(crate) fn start(upstream: &str, faults: impl Into<Vec<Fault>>) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let requests = Arc::new(AtomicU64::new(0));
        let way = Arc::new(Way {
            upstream: upstream.to_owned(),
            client: reqwest::Client::new(),
            faults: faults.into(),
            requests: Arc::clone(&requests),
        });
        let app = Router::new().route("/{*key}", post(pass_on)).route("/", post(pass_on));
        Self { address: serve(app.with_state(way)), requests }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// How many HTTP requests came in.
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

async fn pass_on(State(way): State<Arc<Way>>, body: Bytes) -> Response {
    let number = way.requests.fetch_add(1, Ordering::Relaxed) + 1;
    for fault in &way.faults {
        if let Some(response) = spoiled(fault, number).await {
            return response;
        }
    }
    let question: Value = serde_json::from_slice(&body).unwrap();
    let answer = match question.as_array() {
        Some(batch) if way.faults.iter().any(|fault| matches!(fault, Fault::NoBatches)) => {
            assert!(!batch.is_empty());
            refusal(&Value::Null, -32600, "batch requests are not supported")
        }
        Some(batch) if way.faults.iter().any(|fault| is_small(fault, batch.len())) => {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        }
        Some(batch) => Value::Array(way.answer(batch).await),
        None => way.answer(std::slice::from_ref(&question)).await.remove(0),
    };
    let mut text = answer.to_string();
    if way
        .faults
        .iter()
        .any(|fault| matches!(fault, Fault::Truncated { every } if number.is_multiple_of(*every)))
    {
        text.truncate(text.len() / 2);
    }
    text.into_response()
}

fn is_small(fault: &Fault, entries: usize) -> bool {
    matches!(fault, Fault::MaxBatch(most) if entries > *most)
}

async fn spoiled(fault: &Fault, number: u64) -> Option<Response> {
    match fault {
        Fault::TooManyRequests { every, retry_after_s } if number.is_multiple_of(*every) => {
            let header = [("retry-after", retry_after_s.to_string())];
            Some((StatusCode::TOO_MANY_REQUESTS, header, "slow down").into_response())
        }
        Fault::BadGateway { every } if number.is_multiple_of(*every) => {
            Some((StatusCode::BAD_GATEWAY, "<html>Bad Gateway</html>").into_response())
        }
        Fault::Silent { every } if number.is_multiple_of(*every) => {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            None
        }
        _ => None,
    }
}

impl Way {
    async fn answer(&self, questions: &[Value]) -> Vec<Value> {
        let mut answers = vec![Value::Null; questions.len()];
        let mut passed = Vec::new();
        for (place, question) in questions.iter().enumerate() {
            let mut question = question.clone();
            match self.instead_of(&mut question).await {
                Some(answer) => answers[place] = answer,
                None => passed.push((place, question)),
            }
        }
        if passed.is_empty() {
            return answers;
        }
        let batch = passed.iter().map(|(_, question)| question.clone()).collect();
        let mut replies = self.ask(&Value::Array(batch)).await;
        for reply in replies.as_array_mut().unwrap() {
            let of_reply = |(_, question): &&(usize, Value)| question["id"] == reply["id"];
            let (place, question) = passed.iter().find(of_reply).unwrap();
            self.faults.iter().for_each(|fault| twist(fault, question, reply));
            answers[*place] = reply.take();
        }
        answers
    }

    async fn instead_of(&self, question: &mut Value) -> Option<Value> {
        for fault in &self.faults {
            if let Some(answer) = self.instead(fault, question).await {
                return Some(answer);
            }
        }
        None
    }

    async fn ask(&self, question: &Value) -> Value {
        let request = self.client.post(&self.upstream).header("content-type", "application/json");
        let response = request.body(question.to_string()).send().await.unwrap();
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    }

    /// What a fault answers instead of asking the node; it may also change the question.
    async fn instead(&self, fault: &Fault, question: &mut Value) -> Option<Value> {
        let method = question["method"].as_str().unwrap().to_owned();
        let id = question["id"].clone();
        let refuse = |text: &str| Some(refusal(&id, -32000, text));
        match (fault, method.as_str()) {
            (Fault::WrongChain(chain), "eth_chainId") => Some(result(&id, json!(hex(*chain)))),
            (Fault::MaxBlocks(most), "eth_getLogs") if span(question) > *most => {
                refuse(&format!("exceed maximum block range: {most}"))
            }
            (Fault::TooWide(most), "eth_getLogs") if span(question) > *most => {
                refuse("block range is too wide")
            }
            (Fault::Pruned, "eth_getBlockByNumber") if question["params"][0] == "finalized" => {
                refuse("finalized block not found")
            }
            (Fault::Pruned, "eth_call" | "eth_getCode") if question["params"][1] != "latest" => {
                refuse("missing trie node 0a (path ) state 0x0a is not available")
            }
            (Fault::Lagging(blocks), _) => self.behind(*blocks, &method, question).await,
            _ => None,
        }
    }

    async fn behind(&self, blocks: u64, method: &str, question: &mut Value) -> Option<Value> {
        let ask = json!({ "jsonrpc": "2.0", "id": 0, "method": "eth_blockNumber", "params": [] });
        let head = number(&self.ask(&ask).await["result"])?.saturating_sub(blocks);
        let id = question["id"].clone();
        match method {
            "eth_blockNumber" => Some(result(&id, json!(hex(head)))),
            "eth_getBlockByNumber" => match number(&question["params"][0]) {
                Some(asked) => (asked > head).then(|| result(&id, Value::Null)),
                None => {
                    question["params"][0] = json!(hex(head));
                    None
                }
            },
            "eth_getLogs" => {
                let filter = &mut question["params"][0];
                if number(&filter["fromBlock"])? > head {
                    return Some(result(&id, json!([])));
                }
                let to = number(&filter["toBlock"])?.min(head);
                filter["toBlock"] = json!(hex(to));
                None
            }
            _ => None,
        }
    }
}

/// Changes the node's answer.
fn twist(fault: &Fault, question: &Value, answer: &mut Value) {
    if question["method"] != "eth_getLogs" {
        return;
    }
    let by_hash = question["params"][0].get("blockHash").is_some();
    let Some(logs) = answer.get_mut("result").and_then(Value::as_array_mut) else { return };
    match fault {
        Fault::Withheld { blocks, by_hash: also } if *also || !by_hash => {
            logs.retain(|log| !blocks.contains(&number(&log["blockNumber"]).unwrap()));
        }
        Fault::Forged => {
            let contract = question["params"][0]["address"][0].clone();
            logs.iter_mut().for_each(|log| log["address"] = contract.clone());
        }
        Fault::MaxResults(most) if logs.len() > *most => {
            let text = format!("query returned more than {most} results");
            *answer = refusal(&question["id"], -32005, &text);
        }
        _ => {}
    }
}

/// How many blocks a question for logs is about.
fn span(question: &Value) -> u64 {
    let filter = &question["params"][0];
    let ends = number(&filter["fromBlock"]).zip(number(&filter["toBlock"]));
    ends.map_or(1, |(from, to)| to - from + 1)
}

/// A quantity in hexadecimal.
pub(crate) fn number(value: &Value) -> Option<u64> {
    u64::from_str_radix(value.as_str()?.strip_prefix("0x")?, 16).ok()
}

pub(crate) fn hex(number: u64) -> String {
    format!("{number:#x}")
}

pub(crate) fn result(id: &Value, result: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

pub(crate) fn refusal(id: &Value, code: i64, text: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": text } })
}
