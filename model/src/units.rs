//! Units of time.

/// Seconds per hour, as an integer.
pub(crate) const HOUR_S: i64 = 3_600;
/// Seconds per day, as an integer.
pub(crate) const DAY_S: i64 = 86_400;
/// Seconds per hour.
pub(crate) const SECONDS_PER_HOUR: f64 = 3_600.0;
/// Seconds per day.
pub(crate) const SECONDS_PER_DAY: f64 = 86_400.0;
/// Hours per day.
pub(crate) const HOURS_PER_DAY: f64 = 24.0;
/// Hours per month, a twelfth of 365.25 days.
pub(crate) const HOURS_PER_MONTH: f64 = 730.5;
/// Hours per year of 365 days.
pub(crate) const HOURS_PER_YEAR: f64 = 8_760.0;
/// Days per year.
pub(crate) const DAYS_PER_YEAR: f64 = 365.0;
