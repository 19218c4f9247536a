//! The header `Retry-After` (RFC 9110, 10.2.3).

use std::time::Duration;

use chrono::{DateTime, Utc};

/// The delay that a server asks for, as a number of seconds or a date.
#[must_use]
pub fn parse_retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(value).ok()?;
    Some((date.with_timezone(&Utc) - now).to_std().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(value: &str) -> Option<Duration> {
        let now = DateTime::parse_from_rfc3339("2015-10-21T07:27:30Z").unwrap();
        parse_retry_after(value, now.with_timezone(&Utc))
    }

    #[test]
    fn seconds_and_dates_are_parsed() {
        assert_eq!(at("120"), Some(Duration::from_secs(120)));
        assert_eq!(at(" 0 "), Some(Duration::ZERO));
        assert_eq!(at("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::from_secs(30)));
    }

    #[test]
    fn past_date_is_now_and_invalid_value_is_none() {
        assert_eq!(at("Wed, 21 Oct 2015 07:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(at("soon"), None);
        assert_eq!(at("-3"), None);
    }
}
