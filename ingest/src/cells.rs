//! One row's cells, read as what their fields hold.

use chrono::{DateTime, Utc};
use csv::ByteRecord;

use crate::decimal::{self, DecimalError};
use crate::fault::{Fault, Reason};
use crate::fields::Slot;
use crate::time;

/// Largest block number believed: no chain is near it, and a lake's files are cut by blocks.
const LAST_BLOCK: u64 = u32::MAX as u64;
/// Characters of a value that a fault repeats; the row itself is kept whole.
const SHOWN: usize = 60;

/// One row of a file, with as many cells as the header.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a> {
    pub(crate) record: &'a ByteRecord,
    /// The row's number among those of its block, where the mapping counts them.
    pub(crate) ordinal: Option<u32>,
}

impl<'a> Cells<'a> {
    fn raw(self, slot: &'a Slot) -> Result<&'a str, Fault> {
        match slot {
            Slot::Constant(value) | Slot::Captured(value) => Ok(value),
            Slot::Ordinal => Ok(""),
            Slot::Column(column) => {
                let cell = self.record.get(column.index).unwrap_or_default();
                str::from_utf8(cell).map_err(|_| {
                    Fault::new(Reason::Encoding, format!("`{}` is not UTF-8", column.name))
                })
            }
        }
    }

    /// A word; an empty one is a fault.
    pub(crate) fn text(self, slot: &'a Slot) -> Result<&'a str, Fault> {
        match self.raw(slot)? {
            "" => Err(Fault::new(Reason::Value, format!("{} is empty", name(slot)))),
            text => Ok(text),
        }
    }

    /// A word out of a list.
    pub(crate) fn word(self, slot: &'a Slot, allowed: &[&str]) -> Result<&'a str, Fault> {
        let text = self.text(slot)?;
        let known = allowed.contains(&text);
        if known {
            Ok(text)
        } else {
            Err(fault(Reason::Value, slot, text, format!("none of {}", allowed.join(", "))))
        }
    }

    /// A hash or an address in lower case; `None` if the cell is empty.
    pub(crate) fn hex(self, slot: &'a Slot) -> Result<Option<String>, Fault> {
        let text = self.raw(slot)?;
        let digits = text.strip_prefix("0x").unwrap_or_default();
        if text.is_empty() {
            Ok(None)
        } else if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Some(text.to_ascii_lowercase()))
        } else {
            Err(fault(Reason::Value, slot, text, "not 0x-prefixed hex"))
        }
    }

    /// A block number.
    pub(crate) fn block(self, slot: &'a Slot) -> Result<u64, Fault> {
        let text = self.raw(slot)?;
        let block = parse_whole(text)
            .ok_or_else(|| fault(Reason::Number, slot, text, "not a whole number"))?;
        if block <= LAST_BLOCK {
            Ok(block)
        } else {
            Err(fault(
                Reason::Number,
                slot,
                text,
                format!("above the last block believed, {LAST_BLOCK}"),
            ))
        }
    }

    /// A position within a block.
    pub(crate) fn log_index(self, slot: &'a Slot) -> Result<u32, Fault> {
        if matches!(slot, Slot::Ordinal) {
            return Ok(self.ordinal.expect("a row whose block was read is counted"));
        }
        let text = self.raw(slot)?;
        let index = parse_whole(text).and_then(|index| u32::try_from(index).ok());
        index.ok_or_else(|| {
            fault(Reason::Number, slot, text, format!("not a whole number up to {}", u32::MAX))
        })
    }

    /// A time, shifted as the mapping says.
    pub(crate) fn time(self, slot: &'a Slot) -> Result<DateTime<Utc>, Fault> {
        let text = self.raw(slot)?;
        let shift = |time: DateTime<Utc>| match slot {
            Slot::Column(column) => time::within_reason(time.checked_add_signed(column.shift)?),
            _ => Some(time),
        };
        let limit = "not a time between 2009-01-03 and 2099-12-31, such as 2020-10-19T22:02:28Z";
        time::parse(text).and_then(shift).ok_or_else(|| fault(Reason::Time, slot, text, limit))
    }

    /// A finite number of either sign.
    pub(crate) fn real(self, slot: &'a Slot) -> Result<f64, Fault> {
        let text = self.raw(slot)?;
        let value = decimal::real(text).map_err(|error| number_fault(slot, text, error))?;
        // Subtracting, unlike negating, gives no negative zero.
        Ok(if negated(slot) { 0.0 - value } else { value })
    }

    /// A finite number that is not negative.
    pub(crate) fn non_negative(self, slot: &'a Slot) -> Result<f64, Fault> {
        let value = self.real(slot)?;
        if value >= 0.0 { Ok(value) } else { Err(self.below(slot, "below 0")) }
    }

    /// A finite number above zero.
    pub(crate) fn positive(self, slot: &'a Slot) -> Result<f64, Fault> {
        let value = self.real(slot)?;
        if value > 0.0 { Ok(value) } else { Err(self.below(slot, "not above 0")) }
    }

    /// An amount that is not negative: exact in the asset's smallest unit, and in tokens.
    pub(crate) fn amount(self, slot: &'a Slot, decimals: u32) -> Result<(i128, f64), Fault> {
        let text = self.raw(slot)?;
        let exact =
            decimal::exact(text, decimals).map_err(|error| number_fault(slot, text, error))?;
        let exact = if negated(slot) { -exact } else { exact };
        Ok((exact, self.non_negative(slot)?))
    }

    fn below(self, slot: &'a Slot, limit: &str) -> Fault {
        let negated = if negated(slot) { " once its sign is changed" } else { "" };
        fault(
            Reason::Negative,
            slot,
            self.raw(slot).unwrap_or_default(),
            format!("{limit}{negated}"),
        )
    }
}

/// A whole number in plain digits.
pub(crate) fn parse_whole(text: &str) -> Option<u64> {
    let plain = !text.starts_with('+');
    text.parse().ok().filter(|_| plain)
}

const fn negated(slot: &Slot) -> bool {
    matches!(slot, Slot::Column(column) if column.negate)
}

fn name(slot: &Slot) -> String {
    match slot {
        Slot::Column(column) => format!("`{}`", column.name),
        Slot::Captured(_) => "the file's name".to_owned(),
        Slot::Constant(_) | Slot::Ordinal => "a constant".to_owned(),
    }
}

fn fault(reason: Reason, slot: &Slot, value: &str, limit: impl AsRef<str>) -> Fault {
    let shown: String = value.chars().take(SHOWN).collect();
    Fault::new(reason, format!("{} is {shown:?}, {}", name(slot), limit.as_ref()))
}

fn number_fault(slot: &Slot, value: &str, error: DecimalError) -> Fault {
    fault(Reason::Number, slot, value, error.to_string())
}
