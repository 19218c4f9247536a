//! Reasons for which rows are quarantined.

use std::fmt;

use serde::Serialize;

/// The reason for which a row is quarantined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum QuarantineReason {
    /// A candle's high, low, open and close contradict each other.
    Candle,
    /// A header has columns that are not in the mapping.
    Columns,
    /// Another row has the same key and different values.
    Conflict,
    /// The row is not UTF-8.
    Encoding,
    /// The row has too few or too many fields.
    Fields,
    /// A price is too far from the previous one.
    Jump,
    /// An amount or a price is below its minimum.
    Negative,
    /// A number cannot be parsed exactly.
    Number,
    /// A time cannot be parsed.
    Time,
    /// A value is not one of those allowed for the field.
    Value,
}

impl QuarantineReason {
    /// The value of the column `reason` in the `quarantine` table.
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

/// A fault of a row: the reason, and a description with the value and the limit.
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
