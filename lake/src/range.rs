//! The range a file covers, and the file name that says so.

use chrono::{DateTime, Datelike, NaiveDateTime, TimeZone, Utc};

use crate::LakeError;

/// What a range counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// Block numbers.
    Blocks,
    /// Seconds since 1970-01-01T00:00:00Z.
    Times,
    /// Line numbers of a source file.
    Lines,
    /// The table is small and kept in one file a partition.
    Whole,
}

/// An inclusive range of blocks, seconds or lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    /// What is counted.
    pub unit: Unit,
    /// First value covered.
    pub from: i64,
    /// Last value covered.
    pub to: i64,
}

/// Blocks in one file: about five months of Ethereum.
const BLOCKS_PER_FILE: i64 = 100_000;
/// Lines in one file.
const LINES_PER_FILE: i64 = 100_000_000;
const TIME_FORMAT: &str = "%Y%m%dT%H%M%SZ";
const EXTENSION: &str = ".parquet";

impl Range {
    /// Blocks `from..=to`.
    ///
    /// # Errors
    /// [`LakeError::Range`] if `to < from`.
    pub fn blocks(from: u64, to: u64) -> Result<Self, LakeError> {
        Self::new(Unit::Blocks, from as i64, to as i64)
    }

    /// The seconds that hold `from..=to`.
    ///
    /// # Errors
    /// [`LakeError::Range`] if `to < from`.
    pub fn times(from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Self, LakeError> {
        Self::new(Unit::Times, from.timestamp(), to.timestamp())
    }

    /// Everything, for tables kept in one file.
    #[must_use]
    pub const fn whole() -> Self {
        Self { unit: Unit::Whole, from: 0, to: 0 }
    }

    /// A range of any unit.
    ///
    /// # Errors
    /// [`LakeError::Range`] if `to < from` or `from < 0`.
    pub fn new(unit: Unit, from: i64, to: i64) -> Result<Self, LakeError> {
        if from < 0 || to < from {
            Err(LakeError::Range { from, to })
        } else {
            Ok(Self { unit, from, to })
        }
    }

    /// The first and last block of a range of blocks.
    #[must_use]
    pub const fn as_blocks(self) -> (u64, u64) {
        (self.from.unsigned_abs(), self.to.unsigned_abs())
    }

    /// Whether anything at or after `place` is covered.
    #[must_use]
    pub const fn ends_at_or_after(self, place: i64) -> bool {
        self.to >= place
    }

    /// Whether `value` lies within.
    #[must_use]
    pub const fn contains(self, value: i64) -> bool {
        self.from <= value && value <= self.to
    }

    /// Whether `other` lies wholly within.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.unit == other.unit && self.from <= other.from && other.to <= self.to
    }

    /// Whether the two overlap or follow each other without a gap.
    #[must_use]
    pub fn touches(self, other: Self) -> bool {
        self.unit == other.unit && self.from <= other.to + 1 && other.from <= self.to + 1
    }

    /// The smallest range that covers both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { unit: self.unit, from: self.from.min(other.from), to: self.to.max(other.to) }
    }

    /// Cuts at the borders of files: calendar months, or fixed counts of blocks or lines.
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

    /// Whether the range is exactly one file's.
    pub(crate) fn is_whole_window(self) -> bool {
        let ends = self.window_end(self.from) == self.to;
        // The block or second before belongs to the window before.
        ends && (self.from == 0 || self.window_end(self.from - 1) == self.from - 1)
    }

    fn window_end(self, from: i64) -> i64 {
        let within = |size: i64| from / size * size + size - 1;
        match self.unit {
            Unit::Blocks => within(BLOCKS_PER_FILE),
            Unit::Lines => within(LINES_PER_FILE),
            Unit::Times => month_end(from),
            Unit::Whole => i64::MAX,
        }
    }

    /// The file's name, which sorts as the range does.
    #[must_use]
    pub fn file_name(self) -> String {
        let Self { unit, from, to } = self;
        match unit {
            Unit::Blocks => format!("blocks_{from:012}_{to:012}{EXTENSION}"),
            Unit::Lines => format!("lines_{from:012}_{to:012}{EXTENSION}"),
            Unit::Times => format!("times_{}_{}{EXTENSION}", time_name(from), time_name(to)),
            Unit::Whole => format!("whole{EXTENSION}"),
        }
    }

    /// Reads a range back from a file's name; `None` for a name the lake did not give.
    #[must_use]
    pub fn parse(file_name: &str) -> Option<Self> {
        let stem = file_name.strip_suffix(EXTENSION)?;
        if stem == "whole" {
            return Some(Self::whole());
        }
        let (unit, bounds) = stem.split_once('_')?;
        let (from, to) = bounds.split_once('_')?;
        let (unit, read): (Unit, fn(&str) -> Option<i64>) = match unit {
            "blocks" => (Unit::Blocks, |s| s.parse().ok()),
            "lines" => (Unit::Lines, |s| s.parse().ok()),
            "times" => (Unit::Times, parse_time),
            _ => return None,
        };
        Self::new(unit, read(from)?, read(to)?).ok()
    }
}

fn utc(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn month_end(seconds: i64) -> i64 {
    let date = utc(seconds);
    let (year, month) =
        if date.month() == 12 { (date.year() + 1, 1) } else { (date.year(), date.month() + 1) };
    Utc.with_ymd_and_hms(year, month, 1, 0, 0, 0)
        .single()
        .map_or(i64::MAX, |next| next.timestamp() - 1)
}

fn time_name(seconds: i64) -> String {
    utc(seconds).format(TIME_FORMAT).to_string()
}

fn parse_time(text: &str) -> Option<i64> {
    Some(NaiveDateTime::parse_from_str(text, TIME_FORMAT).ok()?.and_utc().timestamp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ranges() -> impl Strategy<Value = Range> {
        let bounds = (0_i64..4_000_000_000, 0_i64..40_000_000);
        let units = prop_oneof![Just(Unit::Blocks), Just(Unit::Times), Just(Unit::Lines)];
        (units, bounds).prop_map(|(unit, (from, length))| Range { unit, from, to: from + length })
    }

    proptest! {
        #[test]
        fn a_name_reads_back_as_its_range(range in ranges()) {
            prop_assert_eq!(Range::parse(&range.file_name()), Some(range));
        }

        #[test]
        fn windows_tile_their_range(range in ranges()) {
            let windows = range.windows();
            prop_assert_eq!(windows[0].from, range.from);
            prop_assert_eq!(windows.last().map(|w| w.to), Some(range.to));
            prop_assert!(windows.windows(2).all(|pair| pair[0].to + 1 == pair[1].from));
        }

        #[test]
        fn names_sort_as_ranges_do(a in ranges(), b in ranges()) {
            prop_assume!(a.unit == b.unit);
            prop_assert_eq!(a.file_name().cmp(&b.file_name()), (a.from, a.to).cmp(&(b.from, b.to)));
        }
    }

    #[test]
    fn a_window_of_times_is_a_calendar_month() {
        let from = "2020-10-23T08:00:00Z".parse().expect("a time");
        let to = "2020-12-02T00:00:00Z".parse().expect("a time");
        let names: Vec<_> = Range::times(from, to)
            .expect("in order")
            .windows()
            .into_iter()
            .map(Range::file_name)
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
    fn foreign_names_are_no_ranges() {
        for name in [
            "x.parquet",
            "blocks_1.parquet",
            "blocks_2_1.parquet",
            "times_1_2.parquet",
            ".blocks_1_2.parquet.partial",
        ] {
            assert_eq!(Range::parse(name), None, "{name}");
        }
    }
}
