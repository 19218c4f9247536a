//! An endpoint of an Aave v3 market that serves given logs, in blocks with right blooms.

#![allow(dead_code, reason = "each program uses some parts only")]
#![allow(clippy::unwrap_used, reason = "a failed precondition ends the program")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use alloy_primitives::{Address, B256, Bloom, Bytes, address, keccak256};
use alloy_sol_types::{SolValue, sol};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

/// The market's addresses provider.
pub(crate) const PROVIDER: Address = address!("0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb");
/// Its pool, the only contract with logs.
const POOL: Address = address!("0x794a61358d6845594f94dc1db02a252b5b4814ad");
const CONFIGURATOR: Address = address!("0x8145eddDf43f50276641b55bd3AD95944510021E");
const ORACLE: Address = address!("0xb023e699F5a33916Ea823A16485e259257cA8Bd1");
/// The first second of the day of the logs.
const FIRST_TIME_S: u64 = 1_704_499_200;
const SECONDS_PER_BLOCK: u64 = 2;

sol! {
    /// What `getReserveData` returns up to the tokens' addresses.
    #[derive(Default)]
    struct Reserve {
        uint256[8] before;
        address a_token;
        address stable_debt_token;
        address debt_token;
        uint256[4] after;
    }
}

/// What the endpoint's responses contain beside the logs.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    /// Transaction hashes in each header.
    pub(crate) transactions: usize,
    /// Whether logs have their block's time.
    pub(crate) has_timestamps: bool,
    /// Blocks without logs after the last log.
    pub(crate) blocks_after: u64,
}

struct Chain {
    first: u64,
    last: u64,
    /// The transaction hashes of every header, as JSON.
    transactions: Value,
    /// Logs by block.
    logs: BTreeMap<u64, Vec<Value>>,
}

/// The endpoint, on a thread of its own until the test ends.
pub(crate) struct LogEndpoint {
    address: SocketAddr,
    chain: Arc<Chain>,
}

impl LogEndpoint {
    pub(crate) fn start(logs: &[Value], options: Options) -> Self {
        let mut by_block: BTreeMap<u64, Vec<Value>> = BTreeMap::new();
        for log in logs {
            let block = quantity(&log["blockNumber"]);
            let mut log = log.clone();
            log["blockHash"] = json!(block_hash(block));
            by_block.entry(block).or_default().push(log);
        }
        by_block.values_mut().for_each(|logs| logs.sort_by_key(|log| quantity(&log["logIndex"])));
        let (first, last) = (*by_block.keys().next().unwrap(), *by_block.keys().last().unwrap());
        if options.has_timestamps {
            for (block, logs) in &mut by_block {
                let time = format!("{:#x}", time_s(first, *block));
                logs.iter_mut().for_each(|log| log["blockTimestamp"] = json!(time));
            }
        }
        let last = last + options.blocks_after;
        let transactions = json!(vec![B256::repeat_byte(0xab); options.transactions]);
        let chain = Arc::new(Chain { first, last, transactions, logs: by_block });
        let app = Router::new().route("/", post(respond)).with_state(Arc::clone(&chain));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, app).await.unwrap();
            });
        });
        Self { address, chain }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) fn first_block(&self) -> u64 {
        self.chain.first
    }

    pub(crate) fn last_block(&self) -> u64 {
        self.chain.last
    }
}

/// A quantity of JSON-RPC.
pub(crate) fn quantity(value: &Value) -> u64 {
    u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

async fn respond(State(chain): State<Arc<Chain>>, Json(request): Json<Value>) -> Json<Value> {
    Json(match request.as_array() {
        Some(batch) => batch.iter().map(|request| respond_to(&chain, request)).collect(),
        None => respond_to(&chain, &request),
    })
}

fn respond_to(chain: &Chain, request: &Value) -> Value {
    let params = &request["params"];
    let result = match request["method"].as_str().unwrap() {
        "eth_chainId" => Some(json!("0x89")),
        "eth_getTransactionCount" => Some(json!("0x1")),
        "eth_getCode" => Some(json!("0x60")),
        "eth_getBlockByNumber" => Some(header(chain, &params[0])),
        "eth_getLogs" => Some(logs(chain, &params[0])),
        "eth_call" => view(&params[0]).map(|bytes| json!(bytes)),
        _ => None,
    };
    match result {
        Some(result) => json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }),
        None => json!({ "jsonrpc": "2.0", "id": request["id"],
            "error": { "code": 3, "message": "execution reverted" } }),
    }
}

fn time_s(first: u64, block: u64) -> u64 {
    FIRST_TIME_S + SECONDS_PER_BLOCK * (block - first.min(block))
}

fn block_hash(block: u64) -> B256 {
    keccak256(block.to_be_bytes())
}

fn header(chain: &Chain, tag: &Value) -> Value {
    let block = match tag.as_str().unwrap() {
        "latest" => chain.last,
        "finalized" => chain.last.saturating_sub(64),
        _ => quantity(tag),
    };
    let mut bloom = Bloom::ZERO;
    for log in chain.logs.get(&block).into_iter().flatten() {
        let topics: Vec<B256> = serde_json::from_value(log["topics"].clone()).unwrap();
        bloom.accrue_raw_log(serde_json::from_value(log["address"].clone()).unwrap(), &topics);
    }
    json!({
        "number": format!("{block:#x}"),
        "hash": block_hash(block),
        "parentHash": block_hash(block - 1),
        "timestamp": format!("{:#x}", time_s(chain.first, block)),
        "logsBloom": bloom,
        "baseFeePerGas": "0x6fc23ac00",
        "transactions": chain.transactions,
    })
}

fn logs(chain: &Chain, filter: &Value) -> Value {
    let blocks = match filter.get("blockHash") {
        Some(hash) => {
            let known = chain.logs.keys().find(|block| json!(block_hash(**block)) == *hash);
            let Some(block) = known else { return json!([]) };
            *block..=*block
        }
        None => quantity(&filter["fromBlock"])..=quantity(&filter["toBlock"]),
    };
    let is_any = |any: &Value, one: &Value| {
        let same =
            |each: &Value| each.as_str().unwrap().eq_ignore_ascii_case(one.as_str().unwrap());
        any.as_array().is_none_or(|any| any.iter().any(same))
    };
    let wanted = |log: &&Value| {
        is_any(&filter["address"], &log["address"])
            && is_any(&filter["topics"][0], &log["topics"][0])
    };
    chain.logs.range(blocks).flat_map(|(_, logs)| logs).filter(wanted).cloned().collect()
}

/// The market's view functions; the oracle has no price source.
fn view(call: &Value) -> Option<Bytes> {
    let usdc = address!("0x2791bca1f2de4661ed88a30c99a7a9449aa84174");
    let weth = address!("0x7ceb23fd6bc0add59e62ac25578270cff1b9f619");
    let to: Address = serde_json::from_value(call["to"].clone()).ok()?;
    let input = call.get("input").or(call.get("data"))?.as_str()?.to_owned();
    let encoded = match (to, &input[2..10]) {
        (PROVIDER, "026b1d5f") => POOL.abi_encode(),
        (PROVIDER, "631adfca") => CONFIGURATOR.abi_encode(),
        (PROVIDER, "fca513a8") => ORACLE.abi_encode(),
        (POOL, "d1946dbc") => vec![usdc, weth].abi_encode(),
        (POOL, "0148170e") => alloy_primitives::U256::from(2).abi_encode(),
        (POOL, "35ea6a75") => {
            let token = |side: u8| {
                Address::right_padding_from(&[&[side], &input.as_bytes()[64..74]].concat())
            };
            Reserve { a_token: token(1), debt_token: token(2), ..Reserve::default() }.abi_encode()
        }
        (ORACLE, "92bf2be0") => Address::ZERO.abi_encode(),
        (_, "95d89b41") if to == usdc => "USDC.e".to_owned().abi_encode(),
        (_, "95d89b41") if to == weth => "WETH".to_owned().abi_encode(),
        (_, "313ce567") if to == usdc => alloy_primitives::U256::from(6).abi_encode(),
        (_, "313ce567") if to == weth => alloy_primitives::U256::from(18).abi_encode(),
        _ => return None,
    };
    Some(encoded.into())
}
