//! Requests for logs whose lists of addresses or topics are longer than an endpoint permits.

use alloy_primitives::U64;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Request, Response};
use crate::endpoint_error::EndpointError;

/// The method whose filter has lists.
const METHOD: &str = "eth_getLogs";

/// The position of a log; the order of merged logs.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Position {
    block_number: Option<U64>,
    log_index: Option<U64>,
}

/// Whether a request is one for logs.
pub(super) fn is_for_logs(request: &Request) -> bool {
    request.method == METHOD
}

/// The length of the longest list of a request for logs; 0 of another request.
pub(super) fn longest_list(request: &Request) -> usize {
    if !is_for_logs(request) {
        return 0;
    }
    lists(request).map_or(0, |(addresses, topics)| addresses.len().max(topics.len()))
}

fn lists(request: &Request) -> Option<(&[Value], &[Value])> {
    let filter = request.params.get(0)?;
    let signatures = filter.get("topics").and_then(|topics| topics.get(0));
    Some((list(filter.get("address")), list(signatures)))
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A request as several whose lists have at most `max_items`; their logs together are its logs.
pub(super) fn split(request: &Request, max_items: usize) -> Vec<Request> {
    if longest_list(request) <= max_items {
        return vec![request.clone()];
    }
    let (addresses, topics) = lists(request).unwrap_or_default();
    let chunks = |items: &[Value]| -> Vec<Option<Value>> {
        if items.len() <= max_items {
            return vec![None];
        }
        items.chunks(max_items.max(1)).map(|chunk| Some(Value::from(chunk))).collect()
    };
    let mut parts = Vec::new();
    for addresses in chunks(addresses) {
        for topics in chunks(topics) {
            let mut part = request.clone();
            if let Some(addresses) = &addresses {
                part.params[0]["address"] = addresses.clone();
            }
            if let Some(topics) = topics {
                part.params[0]["topics"][0] = topics;
            }
            parts.push(part);
        }
    }
    parts
}

/// The responses to the parts as one, in order of block and log index; the first error if any.
pub(super) fn merge(parts: Vec<Response>) -> Response {
    let mut parts = parts;
    if parts.len() == 1 {
        return parts.pop().unwrap_or(Err(EndpointError::MissingResponse));
    }
    let mut logs: Vec<(Option<U64>, Option<U64>, Box<RawValue>)> = Vec::new();
    for part in parts {
        let part = part?;
        let part: Vec<Box<RawValue>> =
            serde_json::from_str(part.get()).map_err(EndpointError::malformed)?;
        for log in part {
            let at: Position = serde_json::from_str(log.get()).map_err(EndpointError::malformed)?;
            logs.push((at.block_number, at.log_index, log));
        }
    }
    logs.sort_by_key(|(block, index, _)| (*block, *index));
    let logs: Vec<Box<RawValue>> = logs.into_iter().map(|(_, _, log)| log).collect();
    serde_json::value::to_raw_value(&logs).map_err(EndpointError::malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
    use serde_json::json;

    fn request(addresses: usize, topics: usize) -> Request {
        let names =
            |count: usize| (0..count).map(|n| json!(format!("0x{n:x}"))).collect::<Vec<_>>();
        let filter =
            json!({ "fromBlock": "0x1", "address": names(addresses), "topics": [names(topics)] });
        Request { method: METHOD, params: json!([filter]) }
    }

    proptest! {
        #[test]
        fn parts_cover_each_pair_once(addresses in 0usize..40, topics in 0usize..12, most in 1usize..50) {
            let request = request(addresses, topics);
            let parts = split(&request, most);
            let mut pairs = Vec::new();
            for part in &parts {
                prop_assert!(longest_list(part) <= most);
                prop_assert_eq!(&part.params[0]["fromBlock"], "0x1");
                let (addresses, topics) = lists(part).unwrap();
                for address in addresses {
                    pairs.extend(topics.iter().map(|topic| format!("{address} {topic}")));
                }
            }
            prop_assert_eq!(pairs.len(), addresses * topics);
            pairs.sort();
            pairs.dedup();
            prop_assert_eq!(pairs.len(), addresses * topics);
        }
    }

    #[test]
    fn merged_logs_are_in_the_order_of_the_chain() {
        let part = |logs: &[(u64, u64)]| -> Response {
            let log = |&(block, index): &(u64, u64)| json!({ "blockNumber": U64::from(block), "logIndex": U64::from(index) });
            let logs: Vec<Value> = logs.iter().map(log).collect();
            Ok(serde_json::value::to_raw_value(&logs).unwrap())
        };
        let merged = merge(vec![part(&[(1, 2), (20, 0)]), part(&[(1, 1), (3, 0)]), part(&[])]);
        let expected = part(&[(1, 1), (1, 2), (3, 0), (20, 0)]);
        assert_eq!(merged.unwrap().get(), expected.unwrap().get());
        let failed = merge(vec![part(&[(1, 2)]), Err(EndpointError::MissingResponse)]);
        assert!(matches!(failed, Err(EndpointError::MissingResponse)));
    }

    #[test]
    fn other_requests_are_not_split() {
        let call = Request { method: "eth_call", params: json!([{ "address": [1, 2, 3] }]) };
        assert_eq!(split(&call, 1).len(), 1);
        let single = Request { method: METHOD, params: json!([{ "address": "0x1" }]) };
        assert_eq!((longest_list(&single), split(&single, 1).len()), (0, 1));
    }
}
