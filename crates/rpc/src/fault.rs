//! What one request to one endpoint can come to.

use std::time::Duration;

use alloy_json_rpc::ErrorPayload;
use alloy_primitives::Address;
use alloy_transport::{TransportError, TransportErrorKind};

/// Codes of JSON-RPC by which providers say "not now": rate limits and internal errors.
const CODES_FOR_LATER: [i64; 5] = [-32603, -32029, -32097, 429, 503];

/// What providers say of a request that may succeed later, or with another of their nodes.
const TEXTS_FOR_LATER: [&str; 23] = [
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
pub enum Fault {
    /// The connection could not be made or broke.
    #[error("the connection failed")]
    Connection(#[source] reqwest::Error),
    /// The answer did not come in time.
    #[error("no answer within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// The server answered with another HTTP status than success.
    #[error("HTTP status {status}: {text}")]
    Status {
        /// The status.
        status: u16,
        /// How the body starts.
        text: String,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// The body is cut short or no JSON-RPC at all.
    #[error("the answer is no JSON-RPC: `{text}`")]
    Body {
        /// How the body starts.
        text: String,
        /// Where it stops making sense.
        source: serde_json::Error,
    },
    /// A batch was answered as a whole with one error.
    #[error("the batch was refused: {0}")]
    Batch(String),
    /// A batch's answer lacks an entry.
    #[error("the batch was not answered in full")]
    Missing,
    /// The node answered with an error.
    #[error("error {code}: {text}")]
    Refused {
        /// The error's code.
        code: i64,
        /// The error's message, and its data if there are any.
        text: String,
    },
    /// The node lacks the state at the block asked about.
    #[error("{0}")]
    NoState(String),
    /// One block alone goes over the node's limits.
    #[error("{0}")]
    TooMuch(String),
    /// The answer is not of the kind asked for.
    #[error("the answer is malformed")]
    Malformed(#[source] serde_json::Error),
    /// The node lacks a block that must exist.
    #[error("block {0} is unknown to it")]
    Behind(u64),
    /// The answer lacks logs that the block's bloom speaks for.
    #[error("shows no logs of contract {contract} in block {block}, whose bloom speaks for some")]
    Withheld {
        /// The block.
        block: u64,
        /// The contract that the bloom speaks for.
        contract: Address,
    },
    /// The answer contradicts itself or the chain.
    #[error("{0}")]
    Untrue(String),
    /// The request could not be sent.
    #[error("{0}")]
    Unsent(String),
}

impl Fault {
    /// Whether the same request may succeed at the same endpoint later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Status { status, retry_after, .. } => {
                matches!(status, 408 | 425 | 429 | 500..) || retry_after.is_some()
            }
            Self::Refused { code, text } => is_for_later(*code, text),
            Self::Unsent(_) | Self::NoState(_) | Self::TooMuch(_) => false,
            _ => true,
        }
    }

    /// Whether the endpoint is to be avoided for a while, since what it says is not so.
    pub fn is_blamed(&self) -> bool {
        matches!(self, Self::Behind(_) | Self::Withheld { .. } | Self::Untrue(_))
    }

    /// Whether fewer entries in a batch may help.
    pub(crate) fn is_of_batches(&self, entries: usize) -> bool {
        match self {
            Self::Batch(_) => true,
            Self::Status { status, .. } => matches!(status, 400 | 405 | 413 | 415 | 422 | 501),
            // Two entries are few enough; what takes long is then the question.
            Self::Timeout(_) => entries > 2,
            _ => false,
        }
    }

    /// How long the server asks to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// What the node itself said, in lower case.
    pub fn said(&self) -> Option<String> {
        match self {
            Self::Refused { text, .. } | Self::Status { text, .. } => {
                Some(text.to_ascii_lowercase())
            }
            _ => None,
        }
    }

    /// The fault that a transport's error stands for; `clean` takes secrets out of its text.
    pub(crate) fn of(error: TransportError, clean: impl Fn(&str) -> String) -> Self {
        match error {
            TransportError::ErrorResp(payload) => Self::refused(&payload, clean),
            TransportError::DeserError { err, .. } => Self::Malformed(err),
            TransportError::Transport(TransportErrorKind::MissingBatchResponse(_)) => Self::Missing,
            TransportError::Transport(TransportErrorKind::Custom(custom)) => custom
                .downcast::<Self>()
                .map_or_else(|other| Self::Unsent(clean(&other.to_string())), |fault| *fault),
            other => Self::Unsent(clean(&other.to_string())),
        }
    }

    /// An error that a node answered with; `clean` takes secrets out of its text.
    pub(crate) fn refused(payload: &ErrorPayload, clean: impl Fn(&str) -> String) -> Self {
        let data = payload.data.as_ref().map(|data| data.get()).filter(|data| *data != "null");
        let text = match data {
            Some(data) => clean(&format!("{}, {data}", payload.message)),
            None => clean(&payload.message),
        };
        Self::Refused { code: payload.code, text }
    }
}

fn is_for_later(code: i64, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    CODES_FOR_LATER.contains(&code)
        || TEXTS_FOR_LATER.iter().any(|part| text.contains(part))
        || ErrorPayload::<()> { code, message: text.into(), data: None }.is_retry_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passing(code: i64, text: &str) -> bool {
        Fault::Refused { code, text: text.to_owned() }.is_passing()
    }

    #[test]
    fn rate_limits_pass() {
        assert!(passing(-32005, "daily request count exceeded, request rate limited"));
        assert!(passing(-32029, "slow down"));
        assert!(passing(429, "Your app has exceeded its compute units per second capacity."));
        assert!(passing(-32007, "50/second request limit reached - reduce calls per second"));
        assert!(passing(-32000, "Too Many Requests"));
        assert!(passing(-32603, "Internal error"));
        assert!(passing(-32000, "header not found"));
    }

    #[test]
    fn faults_of_the_request_do_not_pass() {
        assert!(!passing(3, "execution reverted: 4"));
        assert!(!passing(-32602, "invalid params"));
        assert!(!passing(-32601, "the method eth_getLogs does not exist"));
        let status = |status| Fault::Status { status, text: String::new(), retry_after: None };
        assert!(!status(401).is_passing() && !status(404).is_passing());
        assert!(status(429).is_passing() && status(502).is_passing());
    }

    #[test]
    fn data_of_an_error_are_told() {
        let payload = serde_json::from_str(
            r#"{"code": -32000, "message": "limit", "data": {"from": "0x1", "to": "0x2"}}"#,
        );
        let fault = Fault::of(TransportError::ErrorResp(payload.unwrap()), str::to_owned);
        assert_eq!(fault.said().unwrap(), r#"limit, {"from": "0x1", "to": "0x2"}"#);
    }
}
