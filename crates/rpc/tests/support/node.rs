//! A small node that serves a generated chain with real hashes and blooms.

#![allow(dead_code, reason = "each test uses some parts only")]
#![allow(clippy::unwrap_used, reason = "a failed precondition fails the test")]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use alloy_primitives::{Address, B256, Bloom, keccak256};
use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use serde_json::{Value, json};

use super::proxy::json_rpc::{error_response, hex, number, success_response};
use super::proxy::serve;

/// The chain's id.
pub(crate) const CHAIN: u64 = 31_337;

/// The first block whose header has a base fee.
pub(crate) const LONDON: u64 = 600;

/// A block's base fee, wei.
pub(crate) fn base_fee_wei(block: u64) -> Option<u64> {
    (block >= LONDON).then(|| 1_000_000_007 * (block % 100))
}

/// A contract of the chain, from 0 to 5.
pub(crate) fn contract(number: u64) -> Address {
    Address::left_padding_from(&(0xC0DE_0000 + number).to_be_bytes())
}

/// A signature of the chain's events, from 0 to 3.
pub(crate) fn signature(number: u64) -> B256 {
    B256::left_padding_from(&(0xE7E7_0000 + number).to_be_bytes())
}

struct Block {
    hash: B256,
    header: Value,
    logs: Vec<Event>,
}

struct Event {
    address: String,
    signature: String,
    log: Value,
}

/// A generated history.
pub(crate) struct Chain {
    blocks: Vec<Block>,
    index_by_hash: HashMap<String, usize>,
}

impl Chain {
    /// A history of so many blocks; from block `fork` on it depends on `salt`.
    pub(crate) fn new(blocks: u64, fork: u64, salt: u64) -> Arc<Self> {
        let mut chain: Vec<Block> = Vec::new();
        for number in 0..blocks {
            let parent = chain.last().map_or(B256::ZERO, |block| block.hash);
            chain.push(build_block(number, parent, if number < fork { 0 } else { salt }));
        }
        let places = chain.iter().map(|block| text(&json!(block.hash))).zip(0..).collect();
        Arc::new(Self { blocks: chain, index_by_hash: places })
    }
}

/// Every block except each fifth has one to six events of varying contracts and users.
fn build_block(number: u64, parent: B256, salt: u64) -> Block {
    let hash = keccak256(format!("{parent} {number} {salt}"));
    let events = if number.is_multiple_of(5) { 0 } else { 1 + (number + salt) % 6 };
    let (mut bloom, mut logs) = (Bloom::ZERO, Vec::new());
    for event in 0..events {
        let address = contract((number / 3 + event * 2 + salt) % 6);
        let user = B256::left_padding_from(&(number % 40).to_be_bytes());
        let topics = [signature((number + event) % 4), user];
        bloom.accrue_raw_log(address, &topics);
        let log = json!({
            "address": address,
            "topics": topics,
            "data": format!("0x{number:064x}"),
            "blockNumber": hex(number),
            "blockHash": hash,
            "transactionHash": B256::left_padding_from(&(number * 16 + event).to_be_bytes()),
            "transactionIndex": hex(event),
            "logIndex": hex(event),
            "removed": false,
        });
        let (address, signature) = (text(&log["address"]), text(&log["topics"][0]));
        logs.push(Event { address, signature, log });
    }
    let mut header = json!({
        "number": hex(number),
        "hash": hash,
        "parentHash": parent,
        "timestamp": hex(1_600_000_000 + 12 * number),
        "logsBloom": bloom,
    });
    if let Some(fee) = base_fee_wei(number) {
        header["baseFeePerGas"] = json!(hex(fee));
    }
    Block { hash, header, logs }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The node, on a thread of its own until the test ends.
pub(crate) struct Node {
    address: SocketAddr,
    state: Arc<NodeState>,
}

struct NodeState {
    chain: Mutex<Arc<Chain>>,
    next_chain: Mutex<Option<(u64, Arc<Chain>)>>,
    requests: AtomicU64,
}

impl Node {
    pub(crate) fn start(chain: Arc<Chain>) -> Self {
        let (chain, next) = (Mutex::new(chain), Mutex::new(None));
        let state = Arc::new(NodeState { chain, next_chain: next, requests: AtomicU64::new(0) });
        let app = Router::new().route("/", post(answer_all)).with_state(Arc::clone(&state));
        Self { address: serve(app), state }
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Replaces the history after so many more HTTP requests.
    pub(crate) fn reorg_after(&self, requests: u64, chain: Arc<Chain>) {
        let at = self.state.requests.load(Ordering::Relaxed) + requests;
        *self.state.next_chain.lock().unwrap() = Some((at, chain));
    }
}

async fn answer_all(
    State(state): State<Arc<NodeState>>,
    Json(request): Json<Value>,
) -> Json<Value> {
    let count = state.requests.fetch_add(1, Ordering::Relaxed) + 1;
    let mut next = state.next_chain.lock().unwrap();
    if next.as_ref().is_some_and(|(at, _)| count > *at) {
        *state.chain.lock().unwrap() = next.take().unwrap().1;
    }
    let chain = state.chain.lock().unwrap();
    Json(match request.as_array() {
        Some(batch) => batch.iter().map(|one| answer(&chain, one)).collect(),
        None => answer(&chain, &request),
    })
}

fn answer(chain: &Chain, request: &Value) -> Value {
    let (id, params) = (&request["id"], &request["params"]);
    let head = chain.blocks.len() as u64 - 1;
    match request["method"].as_str().unwrap() {
        "eth_chainId" => success_response(id, json!(hex(CHAIN))),
        "eth_blockNumber" => success_response(id, json!(hex(head))),
        "eth_getBlockByNumber" => {
            let asked = match params[0].as_str().unwrap() {
                "latest" => head,
                "finalized" => head.saturating_sub(64),
                _ => number(&params[0]).unwrap(),
            };
            success_response(id, header(chain, asked))
        }
        "eth_getLogs" => match logs(chain, &params[0]) {
            Some(logs) => success_response(id, Value::Array(logs)),
            None => error_response(id, -32000, "unknown block"),
        },
        "eth_getCode" => success_response(id, json!("0x6000")),
        "eth_call" if params[0]["to"] == json!(contract(0)) => success_response(id, json!("0x2a")),
        "eth_call" => error_response(id, 3, "execution reverted: 4"),
        method => error_response(id, -32601, &format!("the method {method} does not exist")),
    }
}

fn header(chain: &Chain, number: u64) -> Value {
    let block = chain.blocks.get(usize::try_from(number).unwrap());
    block.map_or(Value::Null, |block| block.header.clone())
}

fn logs(chain: &Chain, filter: &Value) -> Option<Vec<Value>> {
    let blocks = match filter.get("blockHash") {
        Some(hash) => {
            let at = *chain.index_by_hash.get(hash.as_str().unwrap())?;
            &chain.blocks[at..=at]
        }
        None => {
            let index = |end: &str| usize::try_from(number(&filter[end]).unwrap()).unwrap();
            let to = (index("toBlock") + 1).min(chain.blocks.len());
            &chain.blocks[index("fromBlock").min(to)..to]
        }
    };
    let matches_filter = |event: &&Event| {
        filter.get("address").is_none_or(|any| contains(any, &event.address))
            && filter.get("topics").is_none_or(|any| contains(&any[0], &event.signature))
    };
    let events = blocks.iter().flat_map(|block| &block.logs).filter(matches_filter);
    Some(events.map(|event| event.log.clone()).collect())
}

fn contains(any: &Value, one: &str) -> bool {
    any.as_array().unwrap().iter().any(|each| each == one)
}
