//! Faults, and what they do to responses.

use std::ops::RangeInclusive;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::json_rpc::{error_response, hex, number, requested_blocks};

/// A fault. `every: k` applies to each k-th HTTP request.
#[derive(Debug, Clone)]
pub(crate) enum InjectedFault {
    /// Refuses logs of more than so many blocks at once, naming the number.
    MaxBlocks(u64),
    /// Refuses logs of more than so many blocks at once, without naming the number.
    TooWide(u64),
    /// Refuses to return more than so many logs at once.
    MaxResults(usize),
    /// Returns status 429 with `Retry-After`.
    TooManyRequests { every: u64, retry_after_s: u64 },
    /// Returns status 502 with a page of HTML.
    BadGateway { every: u64 },
    /// Never responds.
    Silent { every: u64 },
    /// Returns half of the body.
    Truncated { every: u64 },
    /// Responds as if the last so many blocks did not exist; their logs are `[]`.
    Lagging(u64),
    /// Returns this chain id.
    WrongChain(u64),
    /// Omits the logs of some blocks; also from requests by block hash if `by_hash`.
    Withheld { blocks: RangeInclusive<u64>, by_hash: bool },
    /// Returns every log with another contract's address.
    Forged,
    /// Returns every log with an address that was not requested.
    Foreign,
    /// Refuses batches.
    NoBatches,
    /// Refuses batches of more than so many entries with status 413.
    MaxBatch(usize),
    /// Returns headers with this text as their bloom.
    Bloom(&'static str),
    /// Returns each block's time with its logs, so many seconds late.
    BlockTimestamps { late_s: u64 },
    /// Refuses logs of more than so many blocks at once with this code and text.
    Refused { blocks: u64, code: i64, text: String },
    /// Refuses logs of more than so many blocks at once with this HTTP status and body.
    RefusedByStatus { blocks: u64, status: u16, body: String },
    /// Refuses filters of more than so many addresses with this text.
    MaxAddresses { most: usize, text: String },
    /// Returns `"error": null` beside results, and ids as text.
    NullErrors,
    /// Returns `"error": null` and no result to this method.
    NoResult { method: &'static str },
    /// Fails the first so many HTTP requests with this status and body.
    Outage { first: u64, status: u16, body: String },
    /// Reports this number as that of its newest block.
    Head(u64),
    /// Has no `finalized` block, and no state except the latest.
    Pruned,
}

/// The timestamp of a block of the generated chain.
fn block_time_s(block: u64) -> u64 {
    1_600_000_000 + 12 * block
}

pub(super) fn exceeds_max_batch(fault: &InjectedFault, entries: usize) -> bool {
    matches!(fault, InjectedFault::MaxBatch(most) if entries > *most)
}

pub(super) async fn faulty_response(fault: &InjectedFault, number: u64) -> Option<Response> {
    match fault {
        InjectedFault::TooManyRequests { every, retry_after_s }
            if number.is_multiple_of(*every) =>
        {
            let header = [("retry-after", retry_after_s.to_string())];
            Some((StatusCode::TOO_MANY_REQUESTS, header, "slow down").into_response())
        }
        InjectedFault::BadGateway { every } if number.is_multiple_of(*every) => {
            Some((StatusCode::BAD_GATEWAY, "<html>Bad Gateway</html>").into_response())
        }
        InjectedFault::Outage { first, status, body } if number <= *first => {
            Some((StatusCode::from_u16(*status).unwrap(), body.clone()).into_response())
        }
        InjectedFault::Silent { every } if number.is_multiple_of(*every) => {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            None
        }
        _ => None,
    }
}

/// The whole HTTP response to a request for too many blocks.
pub(super) fn refused_by_status(fault: &InjectedFault, requests: &[Value]) -> Option<Response> {
    let InjectedFault::RefusedByStatus { blocks, status, body } = fault else { return None };
    let is_refused =
        |request: &Value| request["method"] == "eth_getLogs" && requested_blocks(request) > *blocks;
    requests
        .iter()
        .any(is_refused)
        .then(|| (StatusCode::from_u16(*status).unwrap(), body.clone()).into_response())
}

/// An error in place of the node's response.
pub(super) fn refusal(fault: &InjectedFault, request: &Value) -> Option<Value> {
    let (id, method) = (&request["id"], request["method"].as_str()?);
    match fault {
        InjectedFault::Refused { blocks, code, text }
            if method == "eth_getLogs" && requested_blocks(request) > *blocks =>
        {
            Some(error_response(id, *code, text))
        }
        InjectedFault::MaxAddresses { most, text } if method == "eth_getLogs" => {
            let addresses = request["params"][0].get("address")?.as_array()?.len();
            (addresses > *most).then(|| error_response(id, -32602, text))
        }
        InjectedFault::NoResult { method: failing } if method == *failing => {
            Some(json!({ "jsonrpc": "2.0", "id": id, "error": null }))
        }
        _ => None,
    }
}

/// Changes the node's response.
pub(super) fn alter_response(fault: &InjectedFault, request: &Value, answer: &mut Value) {
    match fault {
        InjectedFault::NullErrors => {
            if let Some(object) = answer.as_object_mut() {
                object.entry("error").or_insert(Value::Null);
                let id = object["id"].to_string();
                object.insert("id".to_owned(), Value::String(id));
            }
        }
        InjectedFault::Head(head)
            if request["method"] == "eth_getBlockByNumber" && request["params"][0] == "latest" =>
        {
            answer["result"]["number"] = json!(hex(*head));
        }
        InjectedFault::Bloom(text) if answer["result"]["logsBloom"].is_string() => {
            answer["result"]["logsBloom"] = Value::from(*text);
        }
        _ => {}
    }
    if request["method"] != "eth_getLogs" {
        return;
    }
    let by_hash = request["params"][0].get("blockHash").is_some();
    let Some(logs) = answer.get_mut("result").and_then(Value::as_array_mut) else { return };
    match fault {
        InjectedFault::Withheld { blocks, by_hash: also } if *also || !by_hash => {
            logs.retain(|log| !blocks.contains(&number(&log["blockNumber"]).unwrap()));
        }
        InjectedFault::BlockTimestamps { late_s } => {
            for log in logs.iter_mut() {
                let time_s = block_time_s(number(&log["blockNumber"]).unwrap()) + late_s;
                log["blockTimestamp"] = Value::from(hex(time_s));
            }
        }
        InjectedFault::Forged => {
            let contract = request["params"][0]["address"][0].clone();
            logs.iter_mut().for_each(|log| log["address"] = contract.clone());
        }
        InjectedFault::Foreign => {
            logs.iter_mut().for_each(|log| log["address"] = json!(format!("0x{:040x}", 0xF0E)));
        }
        InjectedFault::MaxResults(most) if logs.len() > *most => {
            let text = format!("query returned more than {most} results");
            *answer = error_response(&request["id"], -32005, &text);
        }
        _ => {}
    }
}
