//! Why a log cannot be decoded.

/// The reason of an error that is not the log's: it names a contract that discovery did not find.
pub(crate) const UNDISCOVERED: &str = "undiscovered";

/// Why a log cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecodeError {
    /// `encoding` or `value`.
    pub(crate) reason: &'static str,
    /// The problem, with the value and the limit.
    pub(crate) detail: String,
}

impl DecodeError {
    pub(crate) fn encoding(error: &alloy_sol_types::Error) -> Self {
        Self { reason: "encoding", detail: error.to_string() }
    }

    pub(crate) fn undiscovered(detail: String) -> Self {
        Self { reason: UNDISCOVERED, detail }
    }

    pub(crate) fn value(detail: String) -> Self {
        Self { reason: "value", detail }
    }
}
