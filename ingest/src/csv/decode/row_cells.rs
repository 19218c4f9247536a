//! The cells of one row, parsed as the types of their fields.

use chrono::{DateTime, Utc};
use ::csv::ByteRecord;

use super::decimal::{self, DecimalError};
use crate::csv::row_fault::{QuarantineReason, RowFault};
use super::field_binder::BoundField;
use super::time;

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
    fn raw(self, slot: &'a BoundField) -> Result<&'a str, RowFault> {
        match slot {
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
    pub(crate) fn text(self, slot: &'a BoundField) -> Result<&'a str, RowFault> {
        match self.raw(slot)? {
            "" => {
                Err(RowFault::new(QuarantineReason::Value, format!("{} is empty", describe(slot))))
            }
            text => Ok(text),
        }
    }

    /// A text that must be one of a list.
    pub(crate) fn one_of(
        self,
        slot: &'a BoundField,
        allowed: &[&str],
    ) -> Result<&'a str, RowFault> {
        let text = self.text(slot)?;
        let known = allowed.contains(&text);
        if known {
            Ok(text)
        } else {
            Err(cell_fault(
                QuarantineReason::Value,
                slot,
                text,
                format!("none of {}", allowed.join(", ")),
            ))
        }
    }

    /// A hash or an address in lower case; `None` if the cell is empty.
    pub(crate) fn hex(self, slot: &'a BoundField) -> Result<Option<String>, RowFault> {
        let text = self.raw(slot)?;
        let digits = text.strip_prefix("0x").unwrap_or_default();
        if text.is_empty() {
            Ok(None)
        } else if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Some(text.to_ascii_lowercase()))
        } else {
            Err(cell_fault(QuarantineReason::Value, slot, text, "not 0x-prefixed hex"))
        }
    }

    /// A block number.
    pub(crate) fn block(self, slot: &'a BoundField) -> Result<u64, RowFault> {
        let text = self.raw(slot)?;
        let block = parse_integer(text).ok_or_else(|| {
            cell_fault(QuarantineReason::Number, slot, text, "not a whole number")
        })?;
        if block <= MAX_BLOCK {
            Ok(block)
        } else {
            Err(cell_fault(
                QuarantineReason::Number,
                slot,
                text,
                format!("above the last block believed, {MAX_BLOCK}"),
            ))
        }
    }

    /// A log's index within its block.
    pub(crate) fn log_index(self, slot: &'a BoundField) -> Result<u32, RowFault> {
        if matches!(slot, BoundField::Ordinal) {
            return Ok(self.ordinal.expect("a row whose block was read is counted"));
        }
        let text = self.raw(slot)?;
        let index = parse_integer(text).and_then(|index| u32::try_from(index).ok());
        index.ok_or_else(|| {
            cell_fault(
                QuarantineReason::Number,
                slot,
                text,
                format!("not a whole number up to {}", u32::MAX),
            )
        })
    }

    /// A time, plus the mapping's shift.
    pub(crate) fn time(self, slot: &'a BoundField) -> Result<DateTime<Utc>, RowFault> {
        let text = self.raw(slot)?;
        let shift = |time: DateTime<Utc>| match slot {
            BoundField::Column(column) => {
                time::within_bounds(time.checked_add_signed(column.shift)?)
            }
            _ => Some(time),
        };
        let limit = "not a time between 2009-01-03 and 2099-12-31, such as 2020-10-19T22:02:28Z";
        time::parse_time(text)
            .and_then(shift)
            .ok_or_else(|| cell_fault(QuarantineReason::Time, slot, text, limit))
    }

    /// A finite number of either sign.
    pub(crate) fn float(self, slot: &'a BoundField) -> Result<f64, RowFault> {
        let text = self.raw(slot)?;
        let value = decimal::parse_float(text).map_err(|error| number_fault(slot, text, error))?;
        // Subtraction, unlike negation, never yields a negative zero.
        Ok(if is_negated(slot) { 0.0 - value } else { value })
    }

    /// A finite number of at least 0.
    pub(crate) fn non_negative(self, slot: &'a BoundField) -> Result<f64, RowFault> {
        let value = self.float(slot)?;
        if value >= 0.0 { Ok(value) } else { Err(self.sign_fault(slot, "below 0")) }
    }

    /// A finite number above zero.
    pub(crate) fn positive(self, slot: &'a BoundField) -> Result<f64, RowFault> {
        let value = self.float(slot)?;
        if value > 0.0 { Ok(value) } else { Err(self.sign_fault(slot, "not above 0")) }
    }

    /// An amount of at least 0: exact in the asset's smallest unit, and in tokens.
    pub(crate) fn amount(
        self,
        slot: &'a BoundField,
        decimals: u32,
    ) -> Result<(i128, f64), RowFault> {
        let text = self.raw(slot)?;
        let exact = decimal::parse_exact(text, decimals)
            .map_err(|error| number_fault(slot, text, error))?;
        let exact = if is_negated(slot) { -exact } else { exact };
        Ok((exact, self.non_negative(slot)?))
    }

    fn sign_fault(self, slot: &'a BoundField, limit: &str) -> RowFault {
        let negated = if is_negated(slot) { " once its sign is changed" } else { "" };
        cell_fault(
            QuarantineReason::Negative,
            slot,
            self.raw(slot).unwrap_or_default(),
            format!("{limit}{negated}"),
        )
    }
}

/// A whole number in plain digits, without a sign.
pub(crate) fn parse_integer(text: &str) -> Option<u64> {
    let plain = !text.starts_with('+');
    text.parse().ok().filter(|_| plain)
}

const fn is_negated(slot: &BoundField) -> bool {
    matches!(slot, BoundField::Column(column) if column.negate)
}

fn describe(slot: &BoundField) -> String {
    match slot {
        BoundField::Column(column) => format!("`{}`", column.name),
        BoundField::Captured(_) => "the file's name".to_owned(),
        BoundField::Constant(_) | BoundField::Ordinal => "a constant".to_owned(),
    }
}

fn cell_fault(
    reason: QuarantineReason,
    slot: &BoundField,
    value: &str,
    limit: impl AsRef<str>,
) -> RowFault {
    let shown: String = value.chars().take(MAX_SHOWN_CHARS).collect();
    RowFault::new(reason, format!("{} is {shown:?}, {}", describe(slot), limit.as_ref()))
}

fn number_fault(slot: &BoundField, value: &str, error: DecimalError) -> RowFault {
    cell_fault(QuarantineReason::Number, slot, value, error.to_string())
}
