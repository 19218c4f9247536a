//! Responses as servers send them: JSON-RPC 1.0 members, ids as text, errors that are text.

use alloy_json_rpc::{ErrorPayload, Id, Response, ResponsePacket, ResponsePayload};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// The code of an error that a server did not give one.
const NO_CODE: i64 = 0;

/// The message of a response without both members.
const NO_MEMBERS: &str = "the response has neither a result nor an error";

/// A response object. JSON-RPC 1.0 has both `result` and `error`, and one of them is null.
#[derive(Deserialize)]
struct ResponseObject {
    #[serde(default)]
    id: Value,
    /// `Some` also of null, which is the result for a block that does not exist.
    #[serde(default, deserialize_with = "present")]
    result: Option<Box<RawValue>>,
    #[serde(default)]
    error: Option<Value>,
}

fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(value).map(Some)
}

/// Parses a body, which is one response or a batch of them.
pub(super) fn parse_body(body: &[u8]) -> serde_json::Result<ResponsePacket> {
    let is_batch = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    if is_batch {
        let entries: Vec<ResponseObject> = serde_json::from_slice(body)?;
        return Ok(ResponsePacket::Batch(entries.into_iter().map(parse_response).collect()));
    }
    serde_json::from_slice(body).map(|single| ResponsePacket::Single(parse_response(single)))
}

/// Whether a packet has the members of JSON-RPC, and is not some other object.
pub(super) fn is_json_rpc(packet: &ResponsePacket) -> bool {
    match packet {
        ResponsePacket::Batch(_) => true,
        ResponsePacket::Single(single) => {
            single.payload.as_error().is_none_or(|error| error.message != NO_MEMBERS)
        }
    }
}

fn parse_response(object: ResponseObject) -> Response {
    let ResponseObject { id, result, error } = object;
    let error = error.filter(|error| !is_empty(error) || (result.is_none() && !error.is_null()));
    let payload = match (error, result) {
        (Some(error), _) => ResponsePayload::Failure(error_payload(error)),
        (None, Some(result)) => ResponsePayload::Success(result),
        (None, None) => ResponsePayload::Failure(ErrorPayload {
            code: NO_CODE,
            message: NO_MEMBERS.into(),
            data: None,
        }),
    };
    Response { id: parse_id(&id), payload }
}

/// Whether an error has no content, as some servers send it beside a result.
fn is_empty(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// The id as a number, which is what requests have.
fn parse_id(id: &Value) -> Id {
    let number = match id {
        Value::String(text) => text.parse().ok(),
        // Some servers return ids as floats.
        Value::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64().filter(|float| float.fract() == 0.0 && *float >= 0.0)?;
            Some(float as u64)
        }),
        _ => None,
    };
    number.map_or(Id::None, Id::Number)
}

fn error_payload(error: Value) -> ErrorPayload {
    let number = |code: &Value| code.as_i64().or_else(|| code.as_str()?.parse().ok());
    let code = error.get("code").and_then(number).unwrap_or(NO_CODE);
    let message = match error.get("message") {
        Some(Value::String(message)) => message.clone(),
        _ => error.as_str().map_or_else(|| error.to_string(), str::to_owned),
    };
    let data = error.get("data").filter(|data| !data.is_null());
    let data = data.and_then(|data| serde_json::value::to_raw_value(data).ok());
    ErrorPayload { code, message: message.into(), data }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::proptest;

    fn single(body: &str) -> Response {
        match parse_body(body.as_bytes()).unwrap() {
            ResponsePacket::Single(response) => response,
            ResponsePacket::Batch(_) => panic!("a batch"),
        }
    }

    fn result(body: &str) -> String {
        single(body).payload.as_success().expect("a result").get().to_owned()
    }

    fn error(body: &str) -> (i64, String) {
        let response = single(body);
        let error = response.payload.as_error().expect("an error");
        (error.code, error.message.clone().into_owned())
    }

    #[test]
    fn null_beside_a_result_is_no_error() {
        assert_eq!(result(r#"{"jsonrpc":"2.0","id":1,"error":null,"result":"0x1"}"#), "\"0x1\"");
        assert_eq!(result(r#"{"id":1,"result":[],"error":null}"#), "[]");
        assert_eq!(result(r#"{"id":1,"result":null,"error":null}"#), "null");
        assert_eq!(result(r#"{"id":1,"result":null}"#), "null");
        assert_eq!(result(r#"{"id":1,"result":7,"error":{}}"#), "7");
        assert_eq!(result(r#"{"id":1,"result":7,"error":""}"#), "7");
    }

    #[test]
    fn null_beside_an_error_is_no_result() {
        let body = r#"{"id":1,"result":null,"error":{"code":-32000,"message":"no"}}"#;
        assert_eq!(error(body), (-32000, "no".to_owned()));
    }

    #[test]
    fn neither_result_nor_error_is_an_error() {
        for body in [r#"{"id":1}"#, r#"{"id":1,"error":null}"#, r#"{"message":"hello"}"#] {
            assert!(error(body).1.contains("neither a result nor an error"), "{body}");
        }
    }

    #[test]
    fn errors_of_any_form_keep_their_text() {
        assert_eq!(error(r#"{"id":1,"error":"no"}"#), (0, "no".to_owned()));
        assert_eq!(error(r#"{"error":{"code":"-32005","message":"x"}}"#), (-32005, "x".to_owned()));
        assert_eq!(error(r#"{"error":{"code":7}}"#), (7, r#"{"code":7}"#.to_owned()));
    }

    #[test]
    fn ids_are_numbers_however_they_are_written() {
        for (id, expected) in [
            ("7", Id::Number(7)),
            ("\"7\"", Id::Number(7)),
            ("7.0", Id::Number(7)),
            ("null", Id::None),
            ("\"a\"", Id::None),
        ] {
            assert_eq!(single(&format!(r#"{{"id":{id},"result":1}}"#)).id, expected, "{id}");
        }
    }

    #[test]
    fn entries_of_a_batch_are_parsed_alike() {
        let body = r#" [{"id":"0","error":null,"result":1},{"id":1,"result":null,"error":{"code":1,"message":"m"}}]"#;
        let ResponsePacket::Batch(entries) = parse_body(body.as_bytes()).unwrap() else {
            panic!("a batch")
        };
        assert_eq!(entries[0].id, Id::Number(0));
        assert!(entries[0].is_success() && entries[1].is_error());
    }

    proptest! {
        #[test]
        fn no_body_panics(body in r#"[\[\]{}":,a-z0-9 ]{0,60}"#) {
            drop(parse_body(body.as_bytes()));
        }
    }
}
