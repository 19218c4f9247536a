//! Requests and responses of JSON-RPC.

use serde_json::{Value, json};

/// The number of blocks of a request for logs.
pub(crate) fn requested_blocks(request: &Value) -> u64 {
    let filter = &request["params"][0];
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

pub(crate) fn success_response(id: &Value, result: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

pub(crate) fn error_response(id: &Value, code: i64, text: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": text } })
}
