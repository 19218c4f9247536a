//! Units of time.

/// Seconds in an hour.
pub(crate) const HOUR_S: i64 = 3_600;
/// Hours in a day.
pub(crate) const HOURS_PER_DAY: usize = 24;
