//! Why a row could not be believed.

use std::fmt;

use serde::Serialize;

/// The kinds of fault for which a row is quarantined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum QuarantineReason {
    /// A candle's high, low, open and close contradict each other.
    Candle,
    /// A header has columns that the mapping does not know.
    Columns,
    /// The row's key is taken by a row with other values.
    Conflict,
    /// The row is not UTF-8.
    Encoding,
    /// The row has too few or too many fields.
    Fields,
    /// A price is too far from the one before.
    Jump,
    /// An amount or a price is below what it can be.
    Negative,
    /// A number cannot be read, or not exactly.
    Number,
    /// A time cannot be read.
    Time,
    /// A word is none of those that the field may hold.
    Value,
}

impl QuarantineReason {
    /// The reason as it stands in the `quarantine` table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Candle => "candle",
            Self::Columns => "columns",
            Self::Conflict => "conflict",
            Self::Encoding => "encoding",
            Self::Fields => "fields",
            Self::Jump => "jump",
            Self::Negative => "negative",
            Self::Number => "number",
            Self::Time => "time",
            Self::Value => "value",
        }
    }
}

impl fmt::Display for QuarantineReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One fault of one row: its kind, and in words the value and the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowFault {
    pub(crate) reason: QuarantineReason,
    pub(crate) detail: String,
}

impl RowFault {
    pub(crate) fn new(reason: QuarantineReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}
