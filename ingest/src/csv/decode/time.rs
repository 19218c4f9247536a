//! Parsing of times in exports, always as UTC.

use chrono::{DateTime, Utc};

/// The first block of any chain (Bitcoin's, 2009-01-03): no chain event is older.
const EARLIEST_S: i64 = 1_230_940_800;
/// 2100-01-01. A lake splits times into months, so an erroneous time must not span millennia.
const END_S: i64 = 4_102_444_800;
const MICROS_DIGITS: usize = 6;
const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// Parses `2020-10-19T22:02:28Z`, `2020-10-19 20:04:20.000` and `2021-01-27 1:03:47`.
///
/// A time without an offset is UTC. Returns `None` for any other format, for a time finer than a
/// microsecond, for a leap second and for a time outside 2009-01-03 to 2099-12-31.
pub(crate) fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    let (date, clock) = text.split_once(['T', ' '])?;
    // RFC 3339 also allows lower-case letters, and its parser truncates after nanoseconds.
    let is_plain = clock.bytes().all(|byte| byte.is_ascii_digit() || b":.+-Z".contains(&byte));
    let fraction = clock.split_once('.').map_or("", |(_, rest)| rest);
    let digits = fraction.split(['Z', '+', '-']).next().unwrap_or_default();
    if !is_plain || digits.trim_end_matches('0').len() > MICROS_DIGITS {
        return None;
    }
    // RFC 3339 requires two digits of the hour, and an offset.
    let padding = if clock.find(':') == Some(1) { "0" } else { "" };
    let offset = if clock.contains(['Z', '+', '-']) { "" } else { "Z" };
    let time = DateTime::parse_from_rfc3339(&format!("{date}T{padding}{clock}{offset}")).ok()?;
    let is_leap_second = time.timestamp_subsec_nanos() >= NANOS_PER_SECOND;
    if is_leap_second { None } else { within_bounds(time.to_utc()) }
}

/// `time`, unless it is outside 2009-01-03 to 2099-12-31.
pub(crate) fn within_bounds(time: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (EARLIEST_S..END_S).contains(&time.timestamp()).then_some(time)
}

#[cfg(test)]
mod tests {
    use chrono::SecondsFormat;
    use proptest::prelude::*;

    use super::*;

    fn times() -> impl Strategy<Value = DateTime<Utc>> {
        let micros = EARLIEST_S * 1_000_000..END_S * 1_000_000;
        micros.prop_map(|m| DateTime::from_timestamp_micros(m).expect("in range"))
    }

    #[test]
    fn every_format_of_one_time_is_equal() {
        let moment = parse_time("2021-01-27T01:03:47Z");
        assert_eq!(moment.map(|t| t.timestamp()), Some(1_611_709_427));
        for text in [
            "2021-01-27 1:03:47",
            "2021-01-27 01:03:47.000",
            "2021-01-27 01:03:47.000000000",
            "2021-01-27T01:03:47+00:00",
            "2021-01-27T03:33:47+02:30",
            "2021-01-26 21:03:47-04:00",
        ] {
            assert_eq!(parse_time(text), moment, "{text}");
        }
    }

    #[test]
    fn invalid_times_are_rejected() {
        for text in [
            "",
            "yesterday",
            "2021-01-27",
            "27/01/2021 01:03:47",
            "2021-02-30 00:00:00",
            "2021-01-27 24:00:00",
            "2021-01-27 01:03:60",
            "2021-01-27 01:03",
            "2021-1-27 01:03:47",
            "2021-01-27 01:03:47.",
            "+021-01-27 01:03:47",
            "2021-01-27 01:03:47 UTC",
            "2021-01-27T01:03:47+2:00",
            "2021-01-27 01:03:47.0000001",
            "1611709427",
            "2021-01-27T01:03:47z",
            "2021-01-27T23:59:60Z",
            "2021-01-27 01:03:47.0000000001",
            "2021-01-27 01:03:47.12345é",
        ] {
            assert_eq!(parse_time(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_time_before_the_first_chain_or_after_the_century_is_rejected() {
        assert_eq!(parse_time("2009-01-02T23:59:59Z"), None);
        assert!(parse_time("2009-01-03T00:00:00Z").is_some());
        assert!(parse_time("2099-12-31T23:59:59Z").is_some());
        assert_eq!(parse_time("2100-01-01T00:00:00Z"), None);
    }

    proptest! {
        #[test]
        fn a_written_time_reads_back(time in times()) {
            prop_assert_eq!(parse_time(&time.to_rfc3339_opts(SecondsFormat::Micros, true)), Some(time));
            prop_assert_eq!(parse_time(&time.format("%Y-%m-%d %-H:%M:%S%.6f").to_string()), Some(time));
        }

        #[test]
        fn times_agree_with_rfc_3339(text in "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,6})?(Z|[+-][0-2][0-9]:[0-6][0-9])") {
            if let Some(time) = parse_time(&text) {
                prop_assert_eq!(DateTime::parse_from_rfc3339(&text).map(|t| t.to_utc()), Ok(time));
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC*|[-+:.TZ 0-9é]{0,30}") {
            let _ = parse_time(&text);
        }
    }
}
