//! Units and formats of time.

use chrono::{DateTime, Utc};

/// Seconds in an hour.
pub(crate) const HOUR_S: i64 = 3_600;
/// Hours in a day.
pub(crate) const HOURS_PER_DAY: usize = 24;

/// A time to the second, `2022-04-30 23:00:00 UTC`.
pub(crate) fn format_utc(time: DateTime<Utc>) -> String {
    time.format("%F %T UTC").to_string()
}
