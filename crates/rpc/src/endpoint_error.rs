//! What one request to one endpoint can come to.

use std::time::Duration;

use alloy_json_rpc::ErrorPayload;
use alloy_primitives::Address;
use alloy_transport::{TransportError, TransportErrorKind};

/// Codes of JSON-RPC by which providers say "not now": rate limits and internal errors.
const RETRYABLE_CODES: [i64; 5] = [-32603, -32029, -32097, 429, 503];

/// What providers say of a request that may succeed later, or with another of their nodes.
const RETRYABLE_MESSAGES: [&str; 23] = [
    "rate limit",
    "rate-limit",
    "ratelimit",
    "rate exceeded",
    "too many requests",
    "request limit",
    "compute units",
    "capacity exceeded",
    "exceeded its throughput",
    "throttle",
    "timeout",
    "timed out",
    "deadline exceeded",
    "temporar",
    "try again",
    "overloaded",
    "busy",
    "no backend is currently healthy",
    "header not found",
    "block not found",
    "unknown block",
    "beyond current head",
    "after last accepted block",
];

/// Why one request to one endpoint failed; no text holds the endpoint's secrets.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The connection could not be made or broke.
    #[error("the connection failed")]
    Connection(#[source] reqwest::Error),
    /// The answer did not come in time.
    #[error("no answer within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// The server answered with another HTTP status than success.
    #[error("HTTP status {status}: {text}")]
    HttpStatus {
        /// The status.
        status: u16,
        /// How the body starts.
        text: String,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// The body is cut short or no JSON-RPC at all.
    #[error("the answer is no JSON-RPC: `{text}`")]
    InvalidBody {
        /// How the body starts.
        text: String,
        /// Where it stops making sense.
        source: serde_json::Error,
    },
    /// A batch was answered as a whole with one error.
    #[error("the batch was refused: {0}")]
    BatchRefused(String),
    /// A batch's answer lacks an entry.
    #[error("the batch was not answered in full")]
    MissingResponse,
    /// The node answered with an error.
    #[error("error {code}: {text}")]
    ErrorResponse {
        /// The error's code.
        code: i64,
        /// The error's message, and its data if there are any.
        text: String,
    },
    /// The node lacks the state at the block asked about.
    #[error("{0}")]
    StateUnavailable(String),
    /// One block alone goes over the node's limits.
    #[error("{0}")]
    LimitExceeded(String),
    /// The answer is not of the kind asked for.
    #[error("the answer is malformed")]
    Malformed(#[source] serde_json::Error),
    /// The node lacks a block that must exist.
    #[error("block {0} is unknown to it")]
    MissingBlock(u64),
    /// The answer lacks logs that the block's bloom speaks for.
    #[error("shows no logs of contract {contract} in block {block}, whose bloom speaks for some")]
    WithheldLogs {
        /// The block.
        block: u64,
        /// The contract that the bloom speaks for.
        contract: Address,
    },
    /// The answer contradicts itself or the chain.
    #[error("{0}")]
    Contradiction(String),
    /// The request could not be sent.
    #[error("{0}")]
    NotSent(String),
}

impl EndpointError {
    /// Whether the same request may succeed at the same endpoint later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::HttpStatus { status, retry_after, .. } => {
                matches!(status, 408 | 425 | 429 | 500..) || retry_after.is_some()
            }
            Self::ErrorResponse { code, text } => is_retryable(*code, text),
            Self::NotSent(_) | Self::StateUnavailable(_) | Self::LimitExceeded(_) => false,
            _ => true,
        }
    }

    /// Whether the endpoint is to be avoided for a while, since what it says is not so.
    pub fn warrants_penalty(&self) -> bool {
        matches!(self, Self::MissingBlock(_) | Self::WithheldLogs { .. } | Self::Contradiction(_))
    }

    /// Whether fewer entries in a batch may help.
    pub(crate) fn is_batch_failure(&self, entries: usize) -> bool {
        match self {
            Self::BatchRefused(_) => true,
            Self::HttpStatus { status, .. } => matches!(status, 400 | 405 | 413 | 415 | 422 | 501),
            // Two entries are few enough; what takes long is then the question.
            Self::Timeout(_) => entries > 2,
            _ => false,
        }
    }

    /// How long the server asks to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::HttpStatus { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// What the node itself said, in lower case.
    pub fn node_message(&self) -> Option<String> {
        match self {
            Self::ErrorResponse { text, .. } | Self::HttpStatus { text, .. } => {
                Some(text.to_ascii_lowercase())
            }
            _ => None,
        }
    }

    /// The fault that a transport's error stands for; `clean` takes secrets out of its text.
    pub(crate) fn from_transport(error: TransportError, clean: impl Fn(&str) -> String) -> Self {
        match error {
            TransportError::ErrorResp(payload) => Self::from_payload(&payload, clean),
            TransportError::DeserError { err, .. } => Self::Malformed(err),
            TransportError::Transport(TransportErrorKind::MissingBatchResponse(_)) => {
                Self::MissingResponse
            }
            TransportError::Transport(TransportErrorKind::Custom(custom)) => custom
                .downcast::<Self>()
                .map_or_else(|other| Self::NotSent(clean(&other.to_string())), |fault| *fault),
            other => Self::NotSent(clean(&other.to_string())),
        }
    }

    /// An error that a node answered with; `clean` takes secrets out of its text.
    pub(crate) fn from_payload(payload: &ErrorPayload, clean: impl Fn(&str) -> String) -> Self {
        let data = payload.data.as_ref().map(|data| data.get()).filter(|data| *data != "null");
        let text = match data {
            Some(data) => clean(&format!("{}, {data}", payload.message)),
            None => clean(&payload.message),
        };
        Self::ErrorResponse { code: payload.code, text }
    }
}

fn is_retryable(code: i64, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    RETRYABLE_CODES.contains(&code)
        || RETRYABLE_MESSAGES.iter().any(|part| text.contains(part))
        || ErrorPayload::<()> { code, message: text.into(), data: None }.is_retry_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_transient(code: i64, text: &str) -> bool {
        EndpointError::ErrorResponse { code, text: text.to_owned() }.is_transient()
    }

    #[test]
    fn rate_limits_are_transient() {
        assert!(is_transient(-32005, "daily request count exceeded, request rate limited"));
        assert!(is_transient(-32029, "slow down"));
        assert!(is_transient(429, "Your app has exceeded its compute units per second capacity."));
        assert!(is_transient(-32007, "50/second request limit reached - reduce calls per second"));
        assert!(is_transient(-32000, "Too Many Requests"));
        assert!(is_transient(-32603, "Internal error"));
        assert!(is_transient(-32000, "header not found"));
    }

    #[test]
    fn invalid_requests_are_not_transient() {
        assert!(!is_transient(3, "execution reverted: 4"));
        assert!(!is_transient(-32602, "invalid params"));
        assert!(!is_transient(-32601, "the method eth_getLogs does not exist"));
        let status =
            |status| EndpointError::HttpStatus { status, text: String::new(), retry_after: None };
        assert!(!status(401).is_transient() && !status(404).is_transient());
        assert!(status(429).is_transient() && status(502).is_transient());
    }

    #[test]
    fn error_data_is_part_of_the_message() {
        let payload = serde_json::from_str(
            r#"{"code": -32000, "message": "limit", "data": {"from": "0x1", "to": "0x2"}}"#,
        );
        let fault = EndpointError::from_transport(
            TransportError::ErrorResp(payload.unwrap()),
            str::to_owned,
        );
        assert_eq!(fault.node_message().unwrap(), r#"limit, {"from": "0x1", "to": "0x2"}"#);
    }
}
