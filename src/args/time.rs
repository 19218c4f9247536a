//! Times on the command line.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

/// Parses an RFC 3339 time, or a date as its first second, UTC.
pub(crate) fn parse_time(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(date.and_time(NaiveTime::MIN).and_utc());
    }
    let time = DateTime::parse_from_rfc3339(text);
    time.map(|time| time.to_utc()).map_err(|_| "use 2021-09-01 or 2021-09-01T12:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_parses_as_its_first_second() {
        assert_eq!(parse_time("2021-09-01"), parse_time("2021-09-01T00:00:00Z"));
        assert_eq!(parse_time("2021-09-01T02:00:00+02:00"), parse_time("2021-09-01"));
        assert!(parse_time("yesterday").is_err() && parse_time("2021-13-01").is_err());
    }
}
