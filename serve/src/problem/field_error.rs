//! One fault of a request's body.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One fault of a request's body, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) to the place, as a URI fragment.
    pub pointer: String,
    /// The place, the value at fault and the limit that it broke.
    pub detail: String,
}

impl FieldError {
    /// A fault at a place such as `positions[3].debt[0].amount`.
    pub(crate) fn new(place: &str, detail: impl std::fmt::Display) -> Self {
        Self { pointer: json_pointer(place), detail: format!("{place}: {detail}") }
    }

    /// A fault of the body as a whole.
    pub(crate) fn of_whole_body(detail: impl Into<String>) -> Self {
        Self { pointer: "#".to_owned(), detail: detail.into() }
    }
}

fn json_pointer(place: &str) -> String {
    let steps = place.split(['.', '[']).map(|step| step.trim_end_matches(']'));
    steps.fold("#".to_owned(), |pointer, step| pointer + "/" + step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_becomes_json_pointer_and_detail_prefix() {
        let fault = FieldError::new("positions[3].debt[0].amount", "-5 is negative");
        assert_eq!(fault.pointer, "#/positions/3/debt/0/amount");
        assert_eq!(fault.detail, "positions[3].debt[0].amount: -5 is negative");
    }
}
