//! Units of time.

use plimsoll_lending::SECONDS_PER_YEAR;

/// Seconds in an hour.
pub(crate) const HOUR_S: i64 = 3_600;
/// Seconds in a day.
pub(crate) const DAY_S: f64 = 86_400.0;
/// Hours in a year of 365 days.
pub(crate) const HOURS_PER_YEAR: f64 = SECONDS_PER_YEAR / HOUR_S as f64;
/// Microseconds in a second.
pub(crate) const MICROS_PER_SECOND: i64 = 1_000_000;
