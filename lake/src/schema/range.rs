//! The range of blocks, seconds or lines that a file covers, encoded in its name.

use chrono::{DateTime, Datelike, NaiveDateTime, SecondsFormat, TimeZone, Utc};

use crate::error::LakeError;

/// The unit of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RangeUnit {
    /// Block numbers.
    Blocks,
    /// Seconds since 1970-01-01T00:00:00Z.
    Times,
    /// Line numbers of a source file.
    Lines,
    /// No unit: the table is small, with one file per partition.
    Whole,
}

/// An inclusive range of blocks, seconds or lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CoveredRange {
    /// The unit.
    pub unit: RangeUnit,
    /// First value of the range.
    pub from: i64,
    /// Last value of the range.
    pub to: i64,
}

/// Blocks per file.
const BLOCKS_PER_FILE: i64 = 100_000;
/// Lines per file.
const LINES_PER_FILE: i64 = 100_000_000;
const TIME_FORMAT: &str = "%Y%m%dT%H%M%SZ";
const EXTENSION: &str = ".parquet";

impl CoveredRange {
    /// Blocks `from..=to`.
    ///
    /// # Errors
    /// [`LakeError::InvalidRange`] if `to < from`.
    pub fn blocks(from: u64, to: u64) -> Result<Self, LakeError> {
        Self::new(RangeUnit::Blocks, from as i64, to as i64)
    }

    /// The range of whole seconds that contains `from..=to`.
    ///
    /// # Errors
    /// [`LakeError::InvalidRange`] if `to < from`.
    pub fn times(from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Self, LakeError> {
        Self::new(RangeUnit::Times, from.timestamp(), to.timestamp())
    }

    /// The range of a table with one file per partition.
    #[must_use]
    pub const fn whole() -> Self {
        Self { unit: RangeUnit::Whole, from: 0, to: 0 }
    }

    /// A range with the given unit.
    ///
    /// # Errors
    /// [`LakeError::InvalidRange`] if `to < from` or `from < 0`.
    pub fn new(unit: RangeUnit, from: i64, to: i64) -> Result<Self, LakeError> {
        if from < 0 || to < from {
            Err(LakeError::InvalidRange { from, to })
        } else {
            Ok(Self { unit, from, to })
        }
    }

    /// The first and last block of a range of blocks.
    #[must_use]
    pub const fn as_blocks(self) -> (u64, u64) {
        (self.from.unsigned_abs(), self.to.unsigned_abs())
    }

    /// Whether the range contains a value at or after `value`.
    #[must_use]
    pub const fn ends_at_or_after(self, value: i64) -> bool {
        self.to >= value
    }

    /// Whether the range contains `value`.
    #[must_use]
    pub const fn contains(self, value: i64) -> bool {
        self.from <= value && value <= self.to
    }

    /// Whether the range contains all of `other`.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.unit == other.unit && self.from <= other.from && other.to <= self.to
    }

    /// Whether the ranges overlap or are adjacent.
    #[must_use]
    pub fn touches(self, other: Self) -> bool {
        self.unit == other.unit && self.from <= other.to + 1 && other.from <= self.to + 1
    }

    /// The smallest range that contains both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { unit: self.unit, from: self.from.min(other.from), to: self.to.max(other.to) }
    }

    /// Splits the range at file boundaries: calendar months, or fixed counts of blocks or lines.
    #[must_use]
    pub fn windows(self) -> Vec<Self> {
        let mut windows = Vec::new();
        let mut from = self.from;
        while from <= self.to {
            let to = self.to.min(self.window_end(from));
            windows.push(Self { unit: self.unit, from, to });
            from = to + 1;
        }
        windows
    }

    /// Whether the range is exactly one file window.
    pub(crate) fn is_full_window(self) -> bool {
        let ends = self.window_end(self.from) == self.to;
        // The preceding block or second belongs to the preceding window.
        ends && (self.from == 0 || self.window_end(self.from - 1) == self.from - 1)
    }

    fn window_end(self, from: i64) -> i64 {
        let within = |size: i64| from / size * size + size - 1;
        match self.unit {
            RangeUnit::Blocks => within(BLOCKS_PER_FILE),
            RangeUnit::Lines => within(LINES_PER_FILE),
            RangeUnit::Times => month_end(from),
            RangeUnit::Whole => i64::MAX,
        }
    }

    /// The bounds for messages: times as RFC 3339, other units as numbers.
    pub(crate) fn bounds_text(self) -> (String, String) {
        let text = |value: i64| match self.unit {
            RangeUnit::Times => utc_from_seconds(value).to_rfc3339_opts(SecondsFormat::Secs, true),
            _ => value.to_string(),
        };
        (text(self.from), text(self.to))
    }

    /// The file name; names sort in the order of their ranges.
    #[must_use]
    pub fn file_name(self) -> String {
        let Self { unit, from, to } = self;
        match unit {
            RangeUnit::Blocks => format!("blocks_{from:012}_{to:012}{EXTENSION}"),
            RangeUnit::Lines => format!("lines_{from:012}_{to:012}{EXTENSION}"),
            RangeUnit::Times => {
                format!("times_{}_{}{EXTENSION}", format_time(from), format_time(to))
            }
            RangeUnit::Whole => format!("whole{EXTENSION}"),
        }
    }

    /// Parses a file name; `None` if it is not a name that [`file_name`](Self::file_name) returns.
    #[must_use]
    pub fn parse(file_name: &str) -> Option<Self> {
        let stem = file_name.strip_suffix(EXTENSION)?;
        if stem == "whole" {
            return Some(Self::whole());
        }
        let (unit, bounds) = stem.split_once('_')?;
        let (from, to) = bounds.split_once('_')?;
        let (unit, read): (RangeUnit, fn(&str) -> Option<i64>) = match unit {
            "blocks" => (RangeUnit::Blocks, |s| s.parse().ok()),
            "lines" => (RangeUnit::Lines, |s| s.parse().ok()),
            "times" => (RangeUnit::Times, parse_time),
            _ => return None,
        };
        Self::new(unit, read(from)?, read(to)?).ok()
    }
}

fn utc_from_seconds(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn month_end(seconds: i64) -> i64 {
    let date = utc_from_seconds(seconds);
    let (year, month) =
        if date.month() == 12 { (date.year() + 1, 1) } else { (date.year(), date.month() + 1) };
    Utc.with_ymd_and_hms(year, month, 1, 0, 0, 0)
        .single()
        .map_or(i64::MAX, |next| next.timestamp() - 1)
}

fn format_time(seconds: i64) -> String {
    utc_from_seconds(seconds).format(TIME_FORMAT).to_string()
}

fn parse_time(text: &str) -> Option<i64> {
    Some(NaiveDateTime::parse_from_str(text, TIME_FORMAT).ok()?.and_utc().timestamp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ranges() -> impl Strategy<Value = CoveredRange> {
        let bounds = (0_i64..4_000_000_000, 0_i64..40_000_000);
        let units =
            prop_oneof![Just(RangeUnit::Blocks), Just(RangeUnit::Times), Just(RangeUnit::Lines)];
        (units, bounds).prop_map(|(unit, (from, length))| CoveredRange {
            unit,
            from,
            to: from + length,
        })
    }

    proptest! {
        #[test]
        fn file_name_parses_back_to_its_range(range in ranges()) {
            prop_assert_eq!(CoveredRange::parse(&range.file_name()), Some(range));
        }

        #[test]
        fn windows_tile_their_range(range in ranges()) {
            let windows = range.windows();
            prop_assert_eq!(windows[0].from, range.from);
            prop_assert_eq!(windows.last().map(|w| w.to), Some(range.to));
            prop_assert!(windows.windows(2).all(|pair| pair[0].to + 1 == pair[1].from));
        }

        #[test]
        fn file_names_sort_like_ranges(a in ranges(), b in ranges()) {
            prop_assume!(a.unit == b.unit);
            prop_assert_eq!(a.file_name().cmp(&b.file_name()), (a.from, a.to).cmp(&(b.from, b.to)));
        }
    }

    #[test]
    fn time_window_is_a_calendar_month() {
        let from = "2020-10-23T08:00:00Z".parse().expect("a time");
        let to = "2020-12-02T00:00:00Z".parse().expect("a time");
        let names: Vec<_> = CoveredRange::times(from, to)
            .expect("in order")
            .windows()
            .into_iter()
            .map(CoveredRange::file_name)
            .collect();
        assert_eq!(
            names,
            [
                "times_20201023T080000Z_20201031T235959Z.parquet",
                "times_20201101T000000Z_20201130T235959Z.parquet",
                "times_20201201T000000Z_20201202T000000Z.parquet",
            ]
        );
    }

    #[test]
    fn unknown_file_names_do_not_parse() {
        for name in [
            "x.parquet",
            "blocks_1.parquet",
            "blocks_2_1.parquet",
            "times_1_2.parquet",
            ".blocks_1_2.parquet.partial",
        ] {
            assert_eq!(CoveredRange::parse(name), None, "{name}");
        }
    }
}
