//! Errors as clients receive them: RFC 9457.

pub(crate) mod kind;

use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::problem::kind::ProblemKind;
use crate::field_error::FieldError;

/// An error in the format that all errors share: `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "type": "urn:problem-type:plimsoll:invalid-request",
    "title": "The request cannot be answered",
    "status": 422,
    "detail": "positions[3].debt[0].amount: -5.0 is negative: an amount is at least 0 tokens",
    "instance": "/v1/score",
    "errors": [{
        "pointer": "#/positions/3/debt/0/amount",
        "detail": "positions[3].debt[0].amount: -5.0 is negative: an amount is at least 0 tokens"
    }]
}))]
pub struct Problem {
    /// Kind of problem; the same problem always has the same kind.
    #[serde(rename = "type")]
    pub kind: ProblemKind,
    /// The kind as text.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What is wrong with this request: the value and the limit it violates.
    pub detail: String,
    /// Path of the request.
    pub instance: String,
    /// The errors of the body, each with its location; at most 16 are listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// A problem; its path is filled in by the response layer.
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            title: kind.title().to_owned(),
            status: kind.status().as_u16(),
            detail: detail.into(),
            instance: String::new(),
            errors: Vec::new(),
        }
    }

    /// A problem with the body, from its errors, of which there is at least one.
    pub(crate) fn from_field_errors(kind: ProblemKind, errors: Vec<FieldError>) -> Self {
        let first = errors.first().map(|error| error.detail.clone()).unwrap_or_default();
        let detail = match errors.len() {
            1 => first,
            count => format!("{count} errors, the first of which is: {first}"),
        };
        Self { errors, ..Self::new(kind, detail) }
    }

    /// A failure of the server: logged in full, reported to the client without its cause.
    pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "request failed");
        Self::new(ProblemKind::Internal, "the server failed; the cause is in its log")
    }
}

/// The problem is attached as an extension; the layer that knows the request's path writes the body.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
