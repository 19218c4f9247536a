//! One error in a request's body.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One error in a request's body, with its location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) to the location, as a URI fragment.
    pub pointer: String,
    /// The location, the invalid value and the limit it violates.
    pub detail: String,
}

impl FieldError {
    /// An error at a path such as `positions[3].debt[0].amount`.
    pub(crate) fn new(path: &str, detail: impl std::fmt::Display) -> Self {
        Self { pointer: json_pointer(path), detail: format!("{path}: {detail}") }
    }

    /// An error of the body as a whole.
    pub(crate) fn for_body(detail: impl Into<String>) -> Self {
        Self { pointer: "#".to_owned(), detail: detail.into() }
    }
}

fn json_pointer(path: &str) -> String {
    let segments = path.split(['.', '[']).map(|segment| segment.trim_end_matches(']'));
    segments.fold("#".to_owned(), |pointer, segment| pointer + "/" + segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_becomes_json_pointer_and_detail_prefix() {
        let error = FieldError::new("positions[3].debt[0].amount", "-5 is negative");
        assert_eq!(error.pointer, "#/positions/3/debt/0/amount");
        assert_eq!(error.detail, "positions[3].debt[0].amount: -5 is negative");
    }
}
