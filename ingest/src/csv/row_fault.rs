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

impl QuarantineReason {
    /// What to change in the export or in the mapping.
    pub(crate) const fn hint(self) -> &'static str {
        match self {
            Self::Candle => "map `high_usd`, `low_usd` and `open_usd` to the columns of one candle",
            Self::Columns => "map the columns, or list them under `ignore`",
            Self::Conflict => "the lake keeps the first; map a `log_index` if both are events",
            Self::Encoding => "save the file as UTF-8",
            Self::Fields => {
                "quote cells that contain the delimiter or a line break; the delimiter is detected \
                 in the header, or set `delimiter` to \",\", \";\", \"tab\" or \"|\""
            }
            Self::Jump => "raise `max_jump` under [files.jumps] if the price is right",
            Self::Negative => "set `negate = true` for a column whose numbers have the other sign",
            Self::Number => {
                "numbers have a decimal point and no thousands separators; set `decimal = \",\"` for \
                 decimal commas, `unit = \"raw\"` for integers in the smallest unit"
            }
            Self::Time => "times are ISO 8601 or Unix times, in UTC unless they have an offset",
            Self::Value => "translate or correct the value, or map another column",
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
    /// What to change, where the reason's own hint is not enough.
    pub(crate) hint: Option<&'static str>,
}

impl RowFault {
    pub(crate) fn new(reason: QuarantineReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), hint: None }
    }

    pub(crate) fn with_hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }
}
