//! The errors of one request to one endpoint.

mod messages;

use std::sync::Arc;
use std::time::Duration;

use alloy_json_rpc::ErrorPayload;
use alloy_primitives::Address;
use alloy_transport::{TransportError, TransportErrorKind};

use messages::{INTERNAL_ERROR, is_busy, is_retryable};

/// Why one request to one endpoint failed; no message contains the endpoint's secrets.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EndpointError {
    /// The connection could not be established or broke.
    #[error("the connection failed")]
    Connection(#[source] Arc<reqwest::Error>),
    /// The response did not arrive in time.
    #[error("no response within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// The HTTP status is not a success.
    #[error("HTTP status {status}: {text}")]
    HttpStatus {
        /// The status.
        status: u16,
        /// The start of the body.
        text: String,
        /// The delay that the server asks for.
        retry_after: Option<Duration>,
    },
    /// The body is truncated or is not JSON-RPC.
    #[error("the response is not JSON-RPC: `{text}`")]
    InvalidBody {
        /// The start of the body.
        text: String,
        /// The error at which parsing stopped.
        source: Arc<serde_json::Error>,
    },
    /// The response to a whole batch is one error.
    #[error("the batch was refused: {0}")]
    BatchRefused(String),
    /// The response to a batch lacks an entry.
    #[error("the response to the batch is incomplete")]
    MissingResponse,
    /// The node returned an error.
    #[error("error {code}: {text}")]
    ErrorResponse {
        /// The error's code.
        code: i64,
        /// The error's message, and its data if there are any.
        text: String,
    },
    /// The node lacks the state at the requested block.
    #[error("{0}")]
    StateUnavailable(String),
    /// A single block exceeds the node's limits.
    #[error("{0}")]
    LimitExceeded(String),
    /// The node refuses such requests always: no access, no such method, no such history.
    #[error("{0}")]
    Denied(String),
    /// The response does not have the expected type.
    #[error("the response is malformed")]
    Malformed(#[source] Arc<serde_json::Error>),
    /// The node lacks a block that must exist.
    #[error("block {0} is unknown to it")]
    MissingBlock(u64),
    /// The response lacks logs that the block's bloom indicates.
    #[error("shows no logs of contract {contract} in block {block}, whose bloom indicates some")]
    WithheldLogs {
        /// The block.
        block: u64,
        /// The contract that the bloom indicates.
        contract: Address,
    },
    /// The response contradicts itself or the chain.
    #[error("{0}")]
    Contradiction(String),
    /// The request could not be sent.
    #[error("{0}")]
    NotSent(String),
}

impl EndpointError {
    /// Whether a retry at the same endpoint may succeed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::HttpStatus { status, retry_after, .. } => {
                matches!(status, 408 | 425 | 429 | 500..) || retry_after.is_some()
            }
            Self::ErrorResponse { code, text } => is_retryable(*code, text),
            Self::NotSent(_)
            | Self::StateUnavailable(_)
            | Self::LimitExceeded(_)
            | Self::Denied(_) => false,
            _ => true,
        }
    }

    /// Whether the endpoint cannot be reached, is busy, or limits the rate of requests: what passes
    /// with time and has nothing to do with the request.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Connection(_) | Self::Timeout(_) => true,
            Self::HttpStatus { .. } => self.is_transient(),
            Self::ErrorResponse { code, text } => is_busy(*code, text),
            _ => false,
        }
    }

    /// Whether the endpoint limits the rate of requests: no evidence against the request itself.
    pub(crate) fn is_rate_limit(&self) -> bool {
        match self {
            Self::HttpStatus { status, retry_after, .. } => *status == 429 || retry_after.is_some(),
            Self::ErrorResponse { code, .. } => *code != INTERNAL_ERROR && self.is_outage(),
            _ => false,
        }
    }

    /// A response of another type than expected.
    pub(crate) fn malformed(error: serde_json::Error) -> Self {
        Self::Malformed(Arc::new(error))
    }

    /// Whether the response was wrong, so that the endpoint is avoided for a while.
    pub fn warrants_penalty(&self) -> bool {
        matches!(self, Self::MissingBlock(_) | Self::WithheldLogs { .. } | Self::Contradiction(_))
    }

    /// Whether fewer entries in a batch may help.
    pub(crate) fn is_batch_failure(&self, entries: usize) -> bool {
        match self {
            Self::BatchRefused(_) => true,
            Self::HttpStatus { status, .. } => matches!(status, 400 | 405 | 413 | 415 | 422 | 501),
            // Two entries are few enough; then the request itself is slow.
            Self::Timeout(_) => entries > 2,
            _ => false,
        }
    }

    /// The message with those of its causes.
    pub(crate) fn with_causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }

    /// Whether no response arrived in time.
    pub(crate) fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    /// The delay that the server asks for.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::HttpStatus { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The node's message, in lower case.
    pub fn node_message(&self) -> Option<String> {
        match self {
            Self::ErrorResponse { text, .. } | Self::HttpStatus { text, .. } => {
                Some(text.to_ascii_lowercase())
            }
            _ => None,
        }
    }

    /// Converts a transport error; `clean` redacts its message.
    pub(crate) fn from_transport(error: TransportError, clean: impl Fn(&str) -> String) -> Self {
        match error {
            TransportError::ErrorResp(payload) => Self::from_payload(&payload, clean),
            TransportError::DeserError { err, .. } => Self::malformed(err),
            TransportError::Transport(TransportErrorKind::MissingBatchResponse(_)) => {
                Self::MissingResponse
            }
            TransportError::Transport(TransportErrorKind::Custom(custom)) => custom
                .downcast::<Self>()
                .map_or_else(|other| Self::NotSent(clean(&other.to_string())), |error| *error),
            other => Self::NotSent(clean(&other.to_string())),
        }
    }

    /// Converts a node's error; `clean` redacts its message.
    pub(crate) fn from_payload(payload: &ErrorPayload, clean: impl Fn(&str) -> String) -> Self {
        let data = payload.data.as_ref().map(|data| data.get()).filter(|data| *data != "null");
        let text = match data {
            Some(data) => clean(&format!("{}, {data}", payload.message)),
            None => clean(&payload.message),
        };
        Self::ErrorResponse { code: payload.code, text }
    }
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
        assert!(is_transient(-32012, "credits limited to 6000/sec"));
        assert!(is_transient(-32042, "a code that no standard has"));
        assert!(!is_transient(-32015, "VM execution error."));
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
    fn outages_pass_with_time_and_lags_do_not_count_as_outages() {
        let of = |code, text: &str| EndpointError::ErrorResponse { code, text: text.to_owned() };
        let status =
            |status| EndpointError::HttpStatus { status, text: String::new(), retry_after: None };
        for outage in [status(429), status(502), status(503), of(-32012, ""), of(-32000, "busy")] {
            assert!(outage.is_outage(), "{outage}");
        }
        for other in [status(401), of(-32000, "header not found"), of(3, "execution reverted")] {
            assert!(!other.is_outage(), "{other}");
        }
        assert!(status(429).is_rate_limit() && !status(502).is_rate_limit());
    }

    #[test]
    fn error_data_is_part_of_the_message() {
        let payload = serde_json::from_str(
            r#"{"code": -32000, "message": "limit", "data": {"from": "0x1", "to": "0x2"}}"#,
        );
        let error = EndpointError::from_transport(
            TransportError::ErrorResp(payload.unwrap()),
            str::to_owned,
        );
        assert_eq!(error.node_message().unwrap(), r#"limit, {"from": "0x1", "to": "0x2"}"#);
    }
}
