//! The cells of one row, parsed as the types of their fields.

use ::csv::ByteRecord;
use chrono::{DateTime, Utc};
use plimsoll_lake::tables::MarketAsset;

use super::amount_check::{AmountCheck, most_tokens};
use super::decimal::{self, DecimalError};
use super::decimal_mark::DecimalMark;
use super::field_binder::{BoundColumn, BoundField};
use super::time::{self, TimeError};
use crate::csv::address::hex_digits;
use crate::csv::mapping::Unit;
use crate::csv::row_fault::{QuarantineReason, RowFault};

/// Largest block number accepted: no chain is near it, and a lake's files are split by blocks.
const MAX_BLOCK: u64 = u32::MAX as u64;
/// Largest log index: the lake's column is signed.
const MAX_LOG_INDEX: u32 = i32::MAX as u32;
/// Characters of a value that a fault quotes; the quarantine row stores the whole line.
const MAX_SHOWN_CHARS: usize = 60;

/// One row of a file, with as many cells as the header has columns.
#[derive(Clone, Copy)]
pub(crate) struct RowCells<'a> {
    pub(crate) record: &'a ByteRecord,
    /// The row's number within its block, where the mapping counts rows.
    pub(crate) ordinal: Option<u32>,
    /// The file's decimal mark.
    pub(crate) decimal: DecimalMark,
    /// Counts of the file's amounts.
    pub(crate) amounts: &'a AmountCheck,
}

impl<'a> RowCells<'a> {
    fn raw(self, field: &'a BoundField) -> Result<&'a str, RowFault> {
        match field {
            BoundField::Constant(value) | BoundField::Captured(value) => Ok(value),
            BoundField::Ordinal => Ok(""),
            BoundField::Column(BoundColumn { index, options }) => {
                let cell = self.record.get(*index).unwrap_or_default();
                let cell = str::from_utf8(cell).map_err(|_| {
                    RowFault::new(
                        QuarantineReason::Encoding,
                        format!("`{}` is not UTF-8", options.name),
                    )
                })?;
                let Some(part) = &options.part else { return Ok(cell) };
                part.select(cell).ok_or_else(|| {
                    let (number, separator) = (part.number, &part.separator);
                    let limit = format!("without a part {number} between {separator:?}");
                    cell_fault(QuarantineReason::Value, field, cell, limit)
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
        match hex_digits(text) {
            _ if text.is_empty() => Ok(None),
            Some(digits) => Ok(Some(format!("0x{}", digits.to_ascii_lowercase()))),
            None => Err(cell_fault(QuarantineReason::Value, field, text, "not 0x-prefixed hex")),
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
        let index = index.filter(|index| *index <= MAX_LOG_INDEX);
        index.ok_or_else(|| {
            cell_fault(
                QuarantineReason::Number,
                field,
                text,
                format!("not a whole number up to {MAX_LOG_INDEX}"),
            )
        })
    }

    /// A time, plus the mapping's shift.
    pub(crate) fn time(self, field: &'a BoundField) -> Result<DateTime<Utc>, RowFault> {
        let text = self.raw(field)?;
        let shifted = |time: DateTime<Utc>| match field {
            BoundField::Column(BoundColumn { options, .. }) => {
                let shifted = time.checked_add_signed(options.shift);
                shifted.ok_or(TimeError::OutOfBounds).and_then(time::within_bounds)
            }
            _ => Ok(time),
        };
        time::parse_time(text)
            .and_then(shifted)
            .map_err(|error| cell_fault(QuarantineReason::Time, field, text, error.to_string()))
    }

    /// A finite number of either sign, in the table's unit.
    pub(crate) fn float(self, field: &'a BoundField) -> Result<f64, RowFault> {
        let text = self.raw(field)?;
        let fault = |error| number_fault(field, text, error);
        let number = self.decimal.to_point(text).map_err(fault)?;
        let (unit, decimals) = unit(field);
        let value = match (unit, decimals) {
            (Unit::Raw, Some(decimals)) => {
                decimal::parse_raw(&number).map_err(fault)?.1 / decimal::power_of_ten(decimals)
            }
            _ => decimal::parse_float(&number).map_err(fault)?,
        };
        let value = match unit {
            Unit::Percent => value / 100.0,
            Unit::Bps => value / 10_000.0,
            Unit::Reciprocal if value == 0.0 => {
                return Err(self.sign_fault(field, "without a reciprocal"));
            }
            Unit::Reciprocal => value.recip(),
            Unit::Plain | Unit::Raw => value,
        };
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
        asset: &MarketAsset,
    ) -> Result<(i128, f64), RowFault> {
        let text = self.raw(field)?;
        let fault = |error| number_fault(field, text, error);
        let number = self.decimal.to_point(text).map_err(fault)?;
        let (exact, tokens) = if unit(field).0 == Unit::Raw {
            let (exact, units) = decimal::parse_raw(&number).map_err(fault)?;
            (exact, units / decimal::power_of_ten(asset.decimals))
        } else {
            let exact = decimal::parse_exact(&number, asset.decimals).map_err(fault)?;
            (exact, decimal::parse_float(&number).map_err(fault)?)
        };
        let negated = is_negated(field);
        let (exact, tokens) = if negated { (-exact, 0.0 - tokens) } else { (exact, tokens) };
        if tokens < 0.0 {
            return Err(self.sign_fault(field, "below 0"));
        }
        self.check_supply(field, text, asset, tokens)?;
        Ok((exact, tokens))
    }

    /// An amount in tokens of which only the float is stored.
    pub(crate) fn float_amount(
        self,
        field: &'a BoundField,
        asset: &MarketAsset,
    ) -> Result<f64, RowFault> {
        if unit(field).0 == Unit::Raw {
            return Ok(self.amount(field, asset)?.1);
        }
        self.non_negative(field)
    }

    fn check_supply(
        self,
        field: &'a BoundField,
        text: &str,
        asset: &MarketAsset,
        tokens: f64,
    ) -> Result<(), RowFault> {
        let is_raw = unit(field).0 == Unit::Raw;
        let exceeds = if is_raw {
            tokens > most_tokens(&asset.asset)
        } else {
            self.amounts.add(&describe(field), text, &asset.asset, tokens)
        };
        if !exceeds {
            return Ok(());
        }
        let hint = if is_raw {
            "check the `decimals` of the asset"
        } else {
            "set `unit = \"raw\"` for the column if its numbers are in the smallest unit"
        };
        let limit = format!("more {} than exist: {hint}", asset.asset);
        Err(cell_fault(QuarantineReason::Number, field, text, limit))
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
    matches!(field, BoundField::Column(column) if column.options.negate)
}

const fn unit(field: &BoundField) -> (Unit, Option<u32>) {
    match field {
        BoundField::Column(BoundColumn { options, .. }) => (options.unit, options.decimals),
        _ => (Unit::Plain, None),
    }
}

fn describe(field: &BoundField) -> String {
    match field {
        BoundField::Column(column) => format!("`{}`", column.options.name),
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
