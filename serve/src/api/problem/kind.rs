//! The kinds of problem.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A kind of problem, identified by a URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ProblemKind {
    /// The body is not JSON.
    #[serde(rename = "urn:problem-type:plimsoll:malformed-json")]
    MalformedJson,
    /// The body is JSON, but its content is invalid.
    #[serde(rename = "urn:problem-type:plimsoll:invalid-request")]
    InvalidRequest,
    /// An account id does not have the format of ids.
    #[serde(rename = "urn:problem-type:plimsoll:malformed-account-id")]
    MalformedAccountId,
    /// No account has this id.
    #[serde(rename = "urn:problem-type:plimsoll:unknown-account")]
    UnknownAccount,
    /// No subscription has this id.
    #[serde(rename = "urn:problem-type:plimsoll:unknown-subscription")]
    UnknownSubscription,
    /// Alerts are not enabled on this server.
    #[serde(rename = "urn:problem-type:plimsoll:alerts-off")]
    AlertsDisabled,
    /// The request is not authenticated.
    #[serde(rename = "urn:problem-type:plimsoll:unauthorized")]
    Unauthorized,
    /// The request is not allowed over HTTP.
    #[serde(rename = "urn:problem-type:plimsoll:forbidden")]
    Forbidden,
    /// No route has this path.
    #[serde(rename = "urn:problem-type:plimsoll:unknown-path")]
    UnknownPath,
    /// The route does not support this method.
    #[serde(rename = "urn:problem-type:plimsoll:method-not-allowed")]
    MethodNotAllowed,
    /// The content type of the body is not JSON.
    #[serde(rename = "urn:problem-type:plimsoll:unsupported-media-type")]
    UnsupportedMediaType,
    /// The body is too large.
    #[serde(rename = "urn:problem-type:plimsoll:content-too-large")]
    ContentTooLarge,
    /// The request is invalid in another way.
    #[serde(rename = "urn:problem-type:plimsoll:bad-request")]
    BadRequest,
    /// The request timed out.
    #[serde(rename = "urn:problem-type:plimsoll:overdue")]
    Timeout,
    /// The server failed.
    #[serde(rename = "urn:problem-type:plimsoll:internal")]
    Internal,
}

impl ProblemKind {
    /// The kind as text.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::MalformedJson => "The body is not JSON",
            Self::InvalidRequest => "The request cannot be answered",
            Self::MalformedAccountId => "This is no account id",
            Self::UnknownAccount => "No such account",
            Self::UnknownSubscription => "No such subscription",
            Self::AlertsDisabled => "This server sends no alerts",
            Self::Unauthorized => "The request needs a token",
            Self::Forbidden => "This is not answered over HTTP",
            Self::UnknownPath => "No such path",
            Self::MethodNotAllowed => "The path does not take this method",
            Self::UnsupportedMediaType => "The body must be JSON",
            Self::ContentTooLarge => "The body is too large",
            Self::BadRequest => "The request cannot be read",
            Self::Timeout => "The answer took too long",
            Self::Internal => "The server failed",
        }
    }

    /// The HTTP status of the kind.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::MalformedJson | Self::MalformedAccountId | Self::BadRequest => {
                StatusCode::BAD_REQUEST
            }
            Self::InvalidRequest => StatusCode::UNPROCESSABLE_ENTITY,
            Self::UnknownAccount
            | Self::UnknownSubscription
            | Self::AlertsDisabled
            | Self::UnknownPath => StatusCode::NOT_FOUND,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::ContentTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Timeout => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
