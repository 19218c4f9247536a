//! The node's own responses, requested without the product.

use std::sync::LazyLock;

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolCall;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// Entries of one batch.
const BATCH: usize = 200;

static HTTP: LazyLock<(Runtime, reqwest::Client)> = LazyLock::new(|| {
    rustls::crypto::ring::default_provider().install_default().ok();
    (Runtime::new().expect("threads"), reqwest::Client::new())
});

/// A node without faults.
pub(crate) struct Node(String);

/// A log from the node.
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) block: u64,
    pub(crate) log_index: u32,
    pub(crate) address: Address,
    pub(crate) topics: Vec<String>,
    pub(crate) data: Bytes,
    pub(crate) tx: String,
}

impl Node {
    pub(crate) fn new(url: &str) -> Self {
        Self(url.to_owned())
    }

    pub(crate) fn url(&self) -> &str {
        &self.0
    }

    /// Sends one request, which must succeed.
    pub(crate) fn request(&self, method: &str, params: Value) -> Value {
        let mut reply = self.request_batch(&[(method, params)]).remove(0);
        assert!(reply.get("error").is_none(), "{method}: {reply}");
        reply["result"].take()
    }

    /// Sends one request; returns the result or the node's error.
    pub(crate) fn try_request(&self, method: &str, params: Value) -> Result<Value, Value> {
        let mut reply = self.request_batch(&[(method, params)]).remove(0);
        if reply.get("error").is_some() {
            Err(reply["error"].take())
        } else {
            Ok(reply["result"].take())
        }
    }

    /// The responses to some requests, in their order.
    fn request_batch(&self, requests: &[(&str, Value)]) -> Vec<Value> {
        let mut replies = Vec::new();
        for part in requests.chunks(BATCH) {
            let entry = |(id, (method, params)): (usize, &(&str, Value))| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
            let batch: Vec<Value> = part.iter().enumerate().map(entry).collect();
            let Value::Array(mut answered) = self.post(&Value::Array(batch)) else {
                panic!("a batch was refused")
            };
            answered.sort_by_key(|reply| reply["id"].as_u64());
            replies.extend(answered);
        }
        replies
    }

    fn post(&self, body: &Value) -> Value {
        let (runtime, client) = &*HTTP;
        let request = client.post(&self.0).header("content-type", "application/json");
        let request = request.body(body.to_string());
        let body = runtime.block_on(async { request.send().await?.bytes().await });
        serde_json::from_slice(&body.expect("the node answers")).expect("JSON")
    }

    /// The number of its newest block.
    pub(crate) fn head(&self) -> u64 {
        parse_quantity(&self.request("eth_blockNumber", json!([])))
    }

    /// A block's hash.
    pub(crate) fn hash(&self, block: u64) -> String {
        let header = self.request("eth_getBlockByNumber", json!([format_quantity(block), false]));
        header["hash"].as_str().expect("a hash").to_owned()
    }

    /// A block's time, Unix seconds.
    pub(crate) fn time_s(&self, block: u64) -> u64 {
        parse_quantity(
            &self.request("eth_getBlockByNumber", json!([format_quantity(block), false]))["timestamp"],
        )
    }

    /// A transaction's input.
    pub(crate) fn input(&self, tx: &str) -> Bytes {
        let transaction = self.request("eth_getTransactionByHash", json!([tx]));
        transaction["input"].as_str().expect("input").parse().expect("bytes")
    }

    /// The base fee of each of some blocks, wei.
    pub(crate) fn base_fees_wei(&self, blocks: impl Iterator<Item = u64>) -> Vec<u64> {
        let request = |block| ("eth_getBlockByNumber", json!([format_quantity(block), false]));
        let requests: Vec<_> = blocks.map(request).collect();
        let fee = |reply: Value| parse_quantity(&reply["result"]["baseFeePerGas"]);
        self.request_batch(&requests).into_iter().map(fee).collect()
    }

    /// Every log of some contracts in a range of blocks; of all contracts if none is named.
    pub(crate) fn logs(&self, addresses: &[Address], (from, to): (u64, u64)) -> Vec<Log> {
        let mut filter =
            json!({ "fromBlock": format_quantity(from), "toBlock": format_quantity(to) });
        if !addresses.is_empty() {
            filter["address"] = json!(addresses);
        }
        let logs = self.request("eth_getLogs", json!([filter]));
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let log = |log: &Value| Log {
            block: parse_quantity(&log["blockNumber"]),
            log_index: u32::try_from(parse_quantity(&log["logIndex"])).expect("few logs"),
            address: text(&log["address"]).parse().expect("an address"),
            topics: log["topics"].as_array().expect("topics").iter().map(text).collect(),
            data: text(&log["data"]).parse().expect("bytes"),
            tx: text(&log["transactionHash"]),
        };
        logs.as_array().expect("logs").iter().map(log).collect()
    }

    /// The return values of functions at the end of a block; `None` where one reverts or is
    /// missing.
    pub(crate) fn call_each<C: SolCall>(
        &self,
        calls: impl IntoIterator<Item = (Address, C)>,
        block: u64,
    ) -> Vec<Option<C::Return>> {
        self.calls(calls.into_iter().map(|(to, call)| (to, call, block)))
    }

    /// The return values of a function at the ends of some blocks.
    pub(crate) fn call_over<C: SolCall + Clone>(
        &self,
        to: Address,
        call: &C,
        blocks: &[u64],
    ) -> Vec<Option<C::Return>> {
        self.calls(blocks.iter().map(|block| (to, call.clone(), *block)))
    }

    /// The return value of a function at the end of a block.
    pub(crate) fn call<C: SolCall>(&self, to: Address, call: C, block: u64) -> C::Return {
        self.call_each([(to, call)], block).remove(0).expect("it does not revert")
    }

    fn calls<C: SolCall>(
        &self,
        calls: impl Iterator<Item = (Address, C, u64)>,
    ) -> Vec<Option<C::Return>> {
        let request = |(to, call, block): (Address, C, u64)| {
            let input = Bytes::from(call.abi_encode());
            ("eth_call", json!([{ "to": to, "input": input }, format_quantity(block)]))
        };
        let requests: Vec<_> = calls.map(request).collect();
        let returned = |reply: Value| {
            let bytes: Bytes = reply.get("result")?.as_str()?.parse().expect("bytes");
            let returned = (!bytes.is_empty()).then_some(bytes)?;
            Some(C::abi_decode_returns(&returned).expect("the function's answer"))
        };
        self.request_batch(&requests).into_iter().map(returned).collect()
    }
}

fn parse_quantity(value: &Value) -> u64 {
    let digits = value.as_str().and_then(|text| text.strip_prefix("0x")).expect("a quantity");
    u64::from_str_radix(digits, 16).expect("hexadecimal")
}

fn format_quantity(number: u64) -> String {
    format!("{number:#x}")
}
