//! Requests for contracts' code, nonces and function calls.

use alloy_primitives::{Address, Bytes, U64};
use serde_json::json;
use serde_json::value::RawValue;

use super::Client;
use crate::block_tag::BlockTag;
use crate::endpoint::{Request, Response};
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;

/// Messages of nodes without the state at a block.
const NO_STATE_MESSAGES: [&str; 14] = [
    "missing trie node",
    "state is not available",
    "state not available",
    "historical state",
    "header not found",
    "block not found",
    "unknown block",
    "archive",
    "pruned",
    "required historical",
    "state recreation",
    "no state available",
    "old data not available",
    "distance to target block exceeds",
];

/// Messages of calls that the contract ended.
const REVERT_MESSAGES: [&str; 17] = [
    "revert",
    "vm execution error",
    "vm exception",
    "invalid opcode",
    "bad instruction",
    "out of gas",
    "stack underflow",
    "invalid jump",
    "evm error",
    // go-ethereum, `core/vm/errors.go`.
    "stack limit reached",
    "return data out of bounds",
    "gas uint64 overflow",
    "write protection",
    "max call depth exceeded",
    "invalid code",
    "execution aborted",
    "outofgas",
];

/// The error code of a revert.
const REVERT_CODE: i64 = 3;

/// The outcome of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallOutcome {
    /// The returned bytes; empty if there is no contract.
    Returned(Bytes),
    /// The call reverted, with the node's message and the error's data.
    Reverted(String),
}

impl Client {
    /// Calls functions by their encoded inputs at one block; outcomes are in the calls' order.
    ///
    /// # Errors
    /// [`RpcError::StateUnavailable`] if no endpoint has the state at that block,
    /// [`RpcError`] if none responds.
    pub async fn call(
        &self,
        calls: &[(Address, Bytes)],
        at: BlockTag,
    ) -> Result<Vec<CallOutcome>, RpcError> {
        let request = |(to, input): &(Address, Bytes)| Request {
            method: "eth_call",
            params: json!([{ "to": to, "input": input, "data": input }, at.to_param()]),
        };
        let requests: Vec<Request> = calls.iter().map(request).collect();
        let about = format!("{} contracts at block {at}", calls.len());
        self.request_all(&requests, &about, None, |_, response| call_outcome(response))
            .await
            .map_err(|error| map_missing_state(error, at))
    }

    /// A contract's code at a block; empty if there is none.
    ///
    /// # Errors
    /// [`RpcError::StateUnavailable`] if no endpoint has the state at that block,
    /// [`RpcError`] if none responds.
    pub async fn code(&self, address: Address, at: BlockTag) -> Result<Bytes, RpcError> {
        let request = Request { method: "eth_getCode", params: json!([address, at.to_param()]) };
        let read = |_, response: Response| parse_bytes(&response.map_err(detect_missing_state)?);
        let about = format!("{address} at block {at}");
        let mut codes = self
            .request_all(&[request], &about, None, read)
            .await
            .map_err(|error| map_missing_state(error, at))?;
        Ok(codes.pop().expect("one request has one response"))
    }
}

impl Client {
    /// A contract's nonce at some blocks: 0 before its deployment.
    ///
    /// # Errors
    /// As [`Client::code`].
    pub async fn nonces(&self, address: Address, blocks: &[u64]) -> Result<Vec<u64>, RpcError> {
        let request = |block: &u64| Request {
            method: "eth_getTransactionCount",
            params: json!([address, BlockTag::Number(*block).to_param()]),
        };
        let requests: Vec<Request> = blocks.iter().map(request).collect();
        let read = |_, response: Response| {
            let answer = response.map_err(detect_missing_state)?;
            let nonce: U64 =
                serde_json::from_str(answer.get()).map_err(EndpointError::malformed)?;
            Ok(nonce.to())
        };
        let about = format!("{address} at {} blocks", blocks.len());
        let at = BlockTag::Number(blocks.first().copied().unwrap_or_default());
        self.request_all(&requests, &about, None, read)
            .await
            .map_err(|error| map_missing_state(error, at))
    }
}

/// The outcome of a call; a revert is not an error.
pub(crate) fn call_outcome(response: Response) -> Result<CallOutcome, EndpointError> {
    match response {
        Ok(answer) => parse_bytes(&answer).map(CallOutcome::Returned),
        Err(EndpointError::ErrorResponse { code, text }) if is_revert(code, &text) => {
            Ok(CallOutcome::Reverted(text))
        }
        Err(error) => Err(detect_missing_state(error)),
    }
}

fn parse_bytes(answer: &RawValue) -> Result<Bytes, EndpointError> {
    serde_json::from_str(answer.get()).map_err(EndpointError::malformed)
}

fn is_revert(code: i64, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    code == REVERT_CODE || REVERT_MESSAGES.iter().any(|part| text.contains(part))
}

/// Converts an error about missing state into one that is not retried at the same endpoint.
fn detect_missing_state(error: EndpointError) -> EndpointError {
    match error {
        EndpointError::ErrorResponse { text, .. } if is_missing_state(&text) => {
            EndpointError::StateUnavailable(text)
        }
        error => error,
    }
}

fn is_missing_state(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    NO_STATE_MESSAGES.iter().any(|part| text.contains(part))
}

fn map_missing_state(error: RpcError, block: BlockTag) -> RpcError {
    match error {
        RpcError::RetriesExhausted {
            endpoint,
            source: source @ EndpointError::StateUnavailable(_),
            ..
        } => RpcError::StateUnavailable { block, endpoint, source },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: i64, text: &str) -> Response {
        Err(EndpointError::ErrorResponse { code, text: text.to_owned() })
    }

    #[test]
    fn revert_is_an_outcome() {
        for (code, text) in [
            (3, "execution reverted: 4, \"0x08c379a0\""),
            (-32000, "execution reverted"),
            (-32015, "VM execution error., \"Reverted 0x\""),
            (-32000, "invalid opcode: INVALID"),
            (-32000, "out of gas"),
            (-32000, "return data out of bounds"),
            (-32000, "stack limit reached 1024 (1023)"),
            (-32000, "execution aborted (timeout = 5s)"),
        ] {
            assert_eq!(
                call_outcome(refused(code, text)).unwrap(),
                CallOutcome::Reverted(text.to_owned())
            );
        }
    }

    #[test]
    fn missing_state_is_no_revert() {
        for text in [
            "missing trie node 0a1b (path ) state 0x0a1b is not available",
            "required historical state unavailable (reexec=128)",
            "header not found",
            "This request requires an archive node, please upgrade",
            "historical state 0a1b is not available",
        ] {
            let error = call_outcome(refused(-32000, text)).unwrap_err();
            assert!(
                matches!(error, EndpointError::StateUnavailable(_)) && !error.is_transient(),
                "{text}"
            );
        }
    }
}
