//! Results of delivery attempts.

use std::time::Duration;

/// The result of a delivery attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointReply {
    /// The endpoint answered.
    Answered {
        /// HTTP status.
        status: u16,
        /// The requested delay before the next attempt.
        retry_after: Option<Duration>,
    },
    /// There was no response.
    Unreachable {
        /// Why, without the endpoint's address.
        cause: String,
    },
}

/// The meaning of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The endpoint accepted the message.
    Delivered,
    /// The endpoint accepts no more messages (410).
    Gone,
    /// The attempt failed and may be repeated.
    Failed {
        /// Whether the endpoint is overloaded (429, 502, 504).
        throttled: bool,
        /// The requested delay before the next attempt.
        retry_after: Option<Duration>,
    },
}

impl EndpointReply {
    /// The meaning of the result (Standard Webhooks 1.0, "Deliverability and reliability"); a redirect
    /// is a failure.
    #[must_use]
    pub const fn outcome(&self) -> DeliveryOutcome {
        match self {
            Self::Answered { status: 200..=299, .. } => DeliveryOutcome::Delivered,
            Self::Answered { status: 410, .. } => DeliveryOutcome::Gone,
            Self::Answered { status, retry_after } => DeliveryOutcome::Failed {
                throttled: matches!(status, 429 | 502 | 504),
                retry_after: *retry_after,
            },
            Self::Unreachable { .. } => {
                DeliveryOutcome::Failed { throttled: false, retry_after: None }
            }
        }
    }

    /// The HTTP status, if there was a response.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Answered { status, .. } => Some(*status),
            Self::Unreachable { .. } => None,
        }
    }
}

impl std::fmt::Display for EndpointReply {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answered { status, .. } => write!(formatter, "the endpoint answered {status}"),
            Self::Unreachable { cause } => formatter.write_str(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_maps_to_outcome_per_standard_webhooks() {
        let verdict = |status| EndpointReply::Answered { status, retry_after: None }.outcome();
        let failed = |throttled| DeliveryOutcome::Failed { throttled, retry_after: None };
        for status in [200, 202, 204, 299] {
            assert_eq!(verdict(status), DeliveryOutcome::Delivered);
        }
        for status in [301, 302, 307, 400, 404, 500, 503] {
            assert_eq!(verdict(status), failed(false), "{status}");
        }
        for status in [429, 502, 504] {
            assert_eq!(verdict(status), failed(true), "{status}");
        }
        assert_eq!(verdict(410), DeliveryOutcome::Gone);
    }
}
