//! Errors as strangers see them: RFC 9457.

mod field_error;
mod kind;

use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use field_error::FieldError;
pub use kind::ProblemKind;

/// An error, in the one shape that all have: `application/problem+json` (RFC 9457).
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
    /// Kind of problem; the same problem always has the same.
    #[serde(rename = "type")]
    pub kind: ProblemKind,
    /// The kind in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What is wrong with this request: the value at fault and the limit that it broke.
    pub detail: String,
    /// Path of the request.
    pub instance: String,
    /// The faults of the body, each with its place; at most 16 are listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// A problem; its path is filled in on its way out.
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

    /// A problem with the body, by its faults, of which there is at least one.
    pub(crate) fn from_field_errors(kind: ProblemKind, errors: Vec<FieldError>) -> Self {
        let first = errors.first().map(|fault| fault.detail.clone()).unwrap_or_default();
        let detail = match errors.len() {
            1 => first,
            count => format!("{count} faults, the first of which is: {first}"),
        };
        Self { errors, ..Self::new(kind, detail) }
    }

    /// A failure of the server: logged here whole, told to the caller without its cause.
    pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "a request failed");
        Self::new(ProblemKind::Internal, "the server failed; its log says why")
    }
}

/// The problem travels beside the response: the layer that knows the request's path writes it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
