//! The cells of one row, parsed as the types of their fields.

use ::csv::ByteRecord;
use chrono::{DateTime, Utc};

use super::decimal::{self, DecimalError};
use super::field_binder::BoundField;
use super::time;
use crate::csv::row_fault::{QuarantineReason, RowFault};

/// Largest block number accepted: no chain is near it, and a lake's files are split by blocks.
const MAX_BLOCK: u64 = u32::MAX as u64;
/// Characters of a value that a fault quotes; the quarantine row stores the whole line.
const MAX_SHOWN_CHARS: usize = 60;

/// One row of a file, with as many cells as the header has columns.
#[derive(Clone, Copy)]
pub(crate) struct RowCells<'a> {
    pub(crate) record: &'a ByteRecord,
    /// The row's number within its block, where the mapping counts rows.
    pub(crate) ordinal: Option<u32>,
}

impl<'a> RowCells<'a> {
    fn raw(self, field: &'a BoundField) -> Result<&'a str, RowFault> {
        match field {
            BoundField::Constant(value) | BoundField::Captured(value) => Ok(value),
            BoundField::Ordinal => Ok(""),
            BoundField::Column(column) => {
                let cell = self.record.get(column.index).unwrap_or_default();
                str::from_utf8(cell).map_err(|_| {
                    RowFault::new(
                        QuarantineReason::Encoding,
                        format!("`{}` is not UTF-8", column.name),
                    )
                })
            }
        }
    }

    /// A non-empty text.
    pub(crate) fn text(self, field: &'a BoundField) -> Result<&'a str, RowFault> {
        match self.raw(field)? {
            "" => {
                Err(RowFault::new(QuarantineReason::Value, format!("{} is empty", describe(field))))
            }
            text => Ok(text),
        }
    }

    /// A text that must be one of a list.
    pub(crate) fn one_of(
        self,
        field: &'a BoundField,
        allowed: &[&str],
    ) -> Result<&'a str, RowFault> {
        let text = self.text(field)?;
        let known = allowed.contains(&text);
        if known {
            Ok(text)
        } else {
            Err(cell_fault(
                QuarantineReason::Value,
                field,
                text,
                format!("none of {}", allowed.join(", ")),
            ))
        }
    }

    /// A hash or an address in lower case; `None` if the cell is empty.
    pub(crate) fn hex(self, field: &'a BoundField) -> Result<Option<String>, RowFault> {
        let text = self.raw(field)?;
        let digits = text.strip_prefix("0x").unwrap_or_default();
        if text.is_empty() {
            Ok(None)
        } else if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Some(text.to_ascii_lowercase()))
        } else {
            Err(cell_fault(QuarantineReason::Value, field, text, "not 0x-prefixed hex"))
        }
    }

    /// A block number.
    pub(crate) fn block(self, field: &'a BoundField) -> Result<u64, RowFault> {
        let text = self.raw(field)?;
        let block = parse_integer(text).ok_or_else(|| {
            cell_fault(QuarantineReason::Number, field, text, "not a whole number")
        })?;
        if block <= MAX_BLOCK {
            Ok(block)
        } else {
            Err(cell_fault(
                QuarantineReason::Number,
                field,
                text,
                format!("above the last block believed, {MAX_BLOCK}"),
            ))
        }
    }

    /// A log's index within its block.
    pub(crate) fn log_index(self, field: &'a BoundField) -> Result<u32, RowFault> {
        if matches!(field, BoundField::Ordinal) {
            return Ok(self.ordinal.expect("a row with a block number has an ordinal"));
        }
        let text = self.raw(field)?;
        let index = parse_integer(text).and_then(|index| u32::try_from(index).ok());
        index.ok_or_else(|| {
            cell_fault(
                QuarantineReason::Number,
                field,
                text,
                format!("not a whole number up to {}", u32::MAX),
            )
        })
    }

    /// A time, plus the mapping's shift.
    pub(crate) fn time(self, field: &'a BoundField) -> Result<DateTime<Utc>, RowFault> {
        let text = self.raw(field)?;
        let shift = |time: DateTime<Utc>| match field {
            BoundField::Column(column) => {
                time::within_bounds(time.checked_add_signed(column.shift)?)
            }
            _ => Some(time),
        };
        let limit = "not a time between 2009-01-03 and 2099-12-31, such as 2020-10-19T22:02:28Z";
        time::parse_time(text)
            .and_then(shift)
            .ok_or_else(|| cell_fault(QuarantineReason::Time, field, text, limit))
    }

    /// A finite number of either sign.
    pub(crate) fn float(self, field: &'a BoundField) -> Result<f64, RowFault> {
        let text = self.raw(field)?;
        let value = decimal::parse_float(text).map_err(|error| number_fault(field, text, error))?;
        // Subtraction, unlike negation, never yields a negative zero.
        Ok(if is_negated(field) { 0.0 - value } else { value })
    }

    /// A finite number of at least 0.
    pub(crate) fn non_negative(self, field: &'a BoundField) -> Result<f64, RowFault> {
        let value = self.float(field)?;
        if value >= 0.0 { Ok(value) } else { Err(self.sign_fault(field, "below 0")) }
    }

    /// A finite number above zero.
    pub(crate) fn positive(self, field: &'a BoundField) -> Result<f64, RowFault> {
        let value = self.float(field)?;
        if value > 0.0 { Ok(value) } else { Err(self.sign_fault(field, "not above 0")) }
    }

    /// An amount of at least 0: exact in the asset's smallest unit, and in tokens.
    pub(crate) fn amount(
        self,
        field: &'a BoundField,
        decimals: u32,
    ) -> Result<(i128, f64), RowFault> {
        let text = self.raw(field)?;
        let exact = decimal::parse_exact(text, decimals)
            .map_err(|error| number_fault(field, text, error))?;
        let exact = if is_negated(field) { -exact } else { exact };
        Ok((exact, self.non_negative(field)?))
    }

    fn sign_fault(self, field: &'a BoundField, limit: &str) -> RowFault {
        let negated = if is_negated(field) { " once its sign is changed" } else { "" };
        cell_fault(
            QuarantineReason::Negative,
            field,
            self.raw(field).unwrap_or_default(),
            format!("{limit}{negated}"),
        )
    }
}

/// A whole number in plain digits, without a sign.
pub(crate) fn parse_integer(text: &str) -> Option<u64> {
    let plain = !text.starts_with('+');
    text.parse().ok().filter(|_| plain)
}

const fn is_negated(field: &BoundField) -> bool {
    matches!(field, BoundField::Column(column) if column.negate)
}

fn describe(field: &BoundField) -> String {
    match field {
        BoundField::Column(column) => format!("`{}`", column.name),
        BoundField::Captured(_) => "the file's name".to_owned(),
        BoundField::Constant(_) | BoundField::Ordinal => "a constant".to_owned(),
    }
}

fn cell_fault(
    reason: QuarantineReason,
    field: &BoundField,
    value: &str,
    limit: impl AsRef<str>,
) -> RowFault {
    let shown: String = value.chars().take(MAX_SHOWN_CHARS).collect();
    RowFault::new(reason, format!("{} is {shown:?}, {}", describe(field), limit.as_ref()))
}

fn number_fault(field: &BoundField, value: &str, error: DecimalError) -> RowFault {
    cell_fault(QuarantineReason::Number, field, value, error.to_string())
}
