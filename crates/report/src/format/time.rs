//! Times in UTC.

use chrono::{DateTime, Utc};

const SECONDS_PER_DAY: f64 = 86_400.0;
const HOURS_PER_DAY: f64 = 24.0;

/// A time to the minute, `2022-04-30 23:00 UTC`.
#[must_use]
pub fn format_time(time: DateTime<Utc>) -> String {
    time.format("%F %R UTC").to_string()
}

/// A date, `2022-04-30`.
#[must_use]
pub fn format_day(time: DateTime<Utc>) -> String {
    time.format("%F").to_string()
}

/// A time in seconds from 1970 as days from 1970, the unit of axes of months.
#[must_use]
pub fn days_from_1970(time_s: i64) -> f64 {
    time_s as f64 / SECONDS_PER_DAY
}

/// The month of a day counted from 1970, `2022-04`.
#[must_use]
pub fn format_month(day: f64) -> String {
    let time = DateTime::from_timestamp((day * SECONDS_PER_DAY) as i64, 0);
    time.map_or_else(String::new, |time| time.format("%Y-%m").to_string())
}

/// A duration in days, or in hours if it is less than a day: `6 h`, `30`.
#[must_use]
pub fn format_days_or_hours(days: f64) -> String {
    if days < 0.9 { format!("{:.0} h", days * HOURS_PER_DAY) } else { format!("{days:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axis_labels_of_time_are_short() {
        assert_eq!([0.0, 31.0, 365.0].map(format_month), ["1970-01", "1970-02", "1971-01"]);
        assert_eq!([0.25, 1.0, 30.0].map(format_days_or_hours), ["6 h", "1", "30"]);
    }
}
