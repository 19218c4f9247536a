//! Parsing of times in exports, always as UTC.

use chrono::{DateTime, Utc};

use super::decimal::parse_exact;

/// The first block of any chain (Bitcoin's, 2009-01-03): no chain event is older.
const EARLIEST_S: i64 = 1_230_940_800;
/// 2100-01-01. A lake splits times into months, so an erroneous time must not span millennia.
const END_S: i64 = 4_102_444_800;
const MICROS_DIGITS: usize = 6;
const NANOS_PER_SECOND: u32 = 1_000_000_000;
/// Unix times per second: seconds, milliseconds, microseconds and nanoseconds.
const UNIX_SCALES: [i128; 4] = [1, 1_000, 1_000_000, 1_000_000_000];
/// Decimals to which Unix times are read.
const UNIX_DECIMALS: u32 = 9;

/// Why a text is not a usable time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TimeError {
    #[error(
        "not a time, such as 2020-10-19T22:02:28Z, 2020-10-19 22:02:28 UTC, 2020-10-19 \
         22:02:28+02:00, or Unix seconds, milliseconds, microseconds or nanoseconds"
    )]
    NotATime,
    #[error("a date without a time of day, or one whose order of day and month is ambiguous")]
    DateOnly,
    #[error("outside 2009-01-03 to 2099-12-31")]
    OutOfBounds,
    #[error("finer than a microsecond")]
    TooFine,
    #[error("a Unix time that was rounded: it has fewer digits than its exponent")]
    Rounded,
}

/// Parses a time as databases and analytics sites export it.
///
/// `2020-10-19T22:02:28Z` (RFC 3339), `2020-10-19 20:04:20.000` (Snowflake, Flipside), with ` UTC`
/// (BigQuery, Dune), `+00`, `+0000`, ` +00:00` (PostgreSQL, Snowflake), and Unix times in seconds,
/// milliseconds, microseconds or nanoseconds, whichever lies within 2009-01-03 to 2099-12-31: these
/// ranges do not overlap. A time without an offset is UTC.
///
/// # Errors
/// [`TimeError`] for any other format, for a time finer than a microsecond, for a leap second and for
/// a time outside 2009-01-03 to 2099-12-31.
pub(crate) fn parse_time(text: &str) -> Result<DateTime<Utc>, TimeError> {
    let text = text.trim_matches([' ', '\t']);
    if text.starts_with(|c: char| c.is_ascii_digit()) && !text[1..].contains(['-', ':', '/']) {
        return parse_unix(text);
    }
    if text.contains('E') && text.contains('+') && !text.contains(':') {
        return parse_unix(text);
    }
    parse_calendar(text)
}

fn parse_calendar(text: &str) -> Result<DateTime<Utc>, TimeError> {
    let Some((date, rest)) = text.split_once(['T', 't', ' ']) else {
        let is_date = text.bytes().all(|byte| byte.is_ascii_digit() || b"-/".contains(&byte));
        let dated = is_date && text.starts_with(|c: char| c.is_ascii_digit());
        return Err(if dated { TimeError::DateOnly } else { TimeError::NotATime });
    };
    if date.contains('/') {
        return Err(TimeError::DateOnly);
    }
    let (clock, offset) = split_offset(rest).ok_or(TimeError::NotATime)?;
    let (_, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    // The parser of RFC 3339 truncates after nanoseconds.
    if fraction.trim_end_matches('0').len() > MICROS_DIGITS {
        let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
        return Err(if digits { TimeError::TooFine } else { TimeError::NotATime });
    }
    // RFC 3339 requires two digits of the hour, and an offset.
    let padding = if clock.find(':') == Some(1) { "0" } else { "" };
    let time = DateTime::parse_from_rfc3339(&format!("{date}T{padding}{clock}{offset}"));
    let time = time.map_err(|_| TimeError::NotATime)?;
    let is_leap_second = time.timestamp_subsec_nanos() >= NANOS_PER_SECOND;
    if is_leap_second { Err(TimeError::NotATime) } else { within_bounds(time.to_utc()) }
}

/// Splits the time of day from its offset, which is returned as RFC 3339 has it.
fn split_offset(text: &str) -> Option<(&str, String)> {
    let end = text.bytes().take_while(|byte| byte.is_ascii_digit() || b":.".contains(byte)).count();
    let (clock, zone) = text.split_at(end);
    let zone = zone.trim_start_matches(' ');
    // Go and Snowflake write the zone's name behind the offset.
    let zone = zone.strip_suffix(" UTC").unwrap_or(zone);
    if ["", "Z", "UTC", "GMT"].iter().any(|utc| zone.eq_ignore_ascii_case(utc)) {
        return Some((clock, "Z".to_owned()));
    }
    let digits = zone.strip_prefix(['+', '-'])?;
    let sign = &zone[..1];
    let is_numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let offset = match digits.split_once(':') {
        Some((hours, minutes)) if hours.len() == 2 && minutes.len() == 2 => (hours, minutes),
        None if is_numeric(digits) && digits.len() == 2 => (digits, "00"),
        None if is_numeric(digits) && digits.len() == 4 => digits.split_at(2),
        _ => return None,
    };
    Some((clock, format!("{sign}{}:{}", offset.0, offset.1)))
}

/// Parses a Unix time in the one unit in which it is plausible.
fn parse_unix(text: &str) -> Result<DateTime<Utc>, TimeError> {
    let scaled = parse_exact(text, UNIX_DECIMALS).map_err(|_| TimeError::NotATime)?;
    let one = 10_i128.pow(UNIX_DECIMALS);
    let range = |scale: i128| i128::from(EARLIEST_S) * scale * one..i128::from(END_S) * scale * one;
    let scale = UNIX_SCALES.into_iter().find(|&scale| range(scale).contains(&scaled));
    let scale = scale.ok_or(TimeError::OutOfBounds)?;
    if is_rounded(text) {
        return Err(TimeError::Rounded);
    }
    // One microsecond in the text's unit, times 10^9.
    let micro = scale * one / 1_000_000;
    if micro == 0 || scaled % micro != 0 {
        return Err(TimeError::TooFine);
    }
    let micros = i64::try_from(scaled / micro).map_err(|_| TimeError::OutOfBounds)?;
    DateTime::from_timestamp_micros(micros).ok_or(TimeError::OutOfBounds).and_then(within_bounds)
}

/// Whether a number in scientific notation has too few digits for its last second to be known, as
/// when a spreadsheet writes `1.61171E+09`.
fn is_rounded(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return false };
    let fraction = mantissa.split_once('.').map_or("", |(_, fraction)| fraction);
    exponent.trim_start_matches('+').parse().is_ok_and(|exponent: usize| fraction.len() < exponent)
}

/// `time`, unless it is outside 2009-01-03 to 2099-12-31.
pub(crate) fn within_bounds(time: DateTime<Utc>) -> Result<DateTime<Utc>, TimeError> {
    let within = (EARLIEST_S..END_S).contains(&time.timestamp());
    if within { Ok(time) } else { Err(TimeError::OutOfBounds) }
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
        assert_eq!(moment.map(|t| t.timestamp()), Ok(1_611_709_427));
        for text in [
            "2021-01-27 1:03:47",
            "2021-01-27 01:03:47.000",
            "2021-01-27 01:03:47.000000000",
            "2021-01-27 01:03:47 UTC",
            "2021-01-27 01:03:47.000 UTC",
            "2021-01-27 01:03:47.000000 UTC",
            "2021-01-27 01:03:47+00:00",
            "2021-01-27 01:03:47.000000+00:00",
            "2021-01-27 01:03:47+00",
            "2021-01-27 01:03:47 +0000",
            "2021-01-27 01:03:47 +0000 UTC",
            "2021-01-27 01:03:47.000 -0800".replace("01:03", "17:03").replace("27", "26").as_str(),
            "2021-01-27T01:03:47+00:00",
            "2021-01-27T01:03:47.000Z",
            "2021-01-27t01:03:47z",
            "2021-01-27T03:33:47+02:30",
            "2021-01-26 21:03:47-04:00",
            " 2021-01-27 01:03:47 ",
            "1611709427",
            "1611709427.0",
            "1.611709427E9",
            "1.611709427e+09",
            "1611709427000",
            "1.611709427E12".replace("7E", "7000E").as_str(),
            "1611709427000000",
            "1611709427000000000",
        ] {
            assert_eq!(parse_time(text), moment, "{text}");
        }
    }

    #[test]
    fn fractions_of_a_second_are_kept_to_the_microsecond() {
        let micros = |text: &str| parse_time(text).map(|time| time.timestamp_micros());
        let expected = Ok(1_611_709_427_123_456);
        for text in [
            "2021-01-27 01:03:47.123456 UTC",
            "2021-01-27T01:03:47.123456Z",
            "1611709427.123456",
            "1611709427123.456",
            "1611709427123456",
            "1611709427123456000",
        ] {
            assert_eq!(micros(text), expected, "{text}");
        }
        for text in ["1611709427123456001", "1611709427.1234567", "2021-01-27 01:03:47.0000001"] {
            assert_eq!(micros(text), Err(TimeError::TooFine), "{text}");
        }
    }

    #[test]
    fn invalid_times_are_rejected() {
        for text in [
            "",
            "yesterday",
            "2021-02-30 00:00:00",
            "2021-01-27 24:00:00",
            "2021-01-27 01:03:60",
            "2021-01-27 01:03",
            "2021-1-27 01:03:47",
            "2021-01-27 01:03:47.",
            "+021-01-27 01:03:47",
            "2021-01-27 01:03:47 CET",
            "2021-01-27 01:03:47 UTC+2",
            "2021-01-27T01:03:47+2:00",
            "2021-01-27T01:03:47+02:",
            "2021-01-27T23:59:60Z",
            "2021-01-27 01:03:47.12345é",
            "é2021-01-27",
            "-1611709427",
            "0x60110000",
        ] {
            assert_eq!(parse_time(text), Err(TimeError::NotATime), "{text:?}");
        }
        assert_eq!(parse_time("2021-01-27"), Err(TimeError::DateOnly));
        assert_eq!(parse_time("27/01/2021 01:03:47"), Err(TimeError::DateOnly));
        assert_eq!(parse_time("1.61171E+09"), Err(TimeError::Rounded));
        assert_eq!(parse_time("1.61171E+12"), Err(TimeError::Rounded));
    }

    #[test]
    fn a_time_before_the_first_chain_or_after_the_century_is_rejected() {
        for (text, within) in [
            ("2009-01-02T23:59:59Z", false),
            ("2009-01-03T00:00:00Z", true),
            ("2099-12-31T23:59:59Z", true),
            ("2100-01-01T00:00:00Z", false),
            ("1230940799", false),
            ("1230940800", true),
            ("4102444799", true),
            ("4102444800", false),
            ("1230940799999", false),
            ("4102444799999", true),
            ("0", false),
            ("11088554", false),
        ] {
            assert_eq!(parse_time(text).is_ok(), within, "{text}");
            assert!(within || parse_time(text) == Err(TimeError::OutOfBounds), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_written_time_reads_back(time in times()) {
            let formats = [
                time.to_rfc3339_opts(SecondsFormat::Micros, true),
                time.format("%Y-%m-%d %-H:%M:%S%.6f").to_string(),
                time.format("%Y-%m-%d %H:%M:%S%.6f UTC").to_string(),
                time.format("%Y-%m-%d %H:%M:%S%.6f +0000").to_string(),
                time.timestamp_micros().to_string(),
                (i128::from(time.timestamp_micros()) * 1_000).to_string(),
            ];
            for text in formats {
                prop_assert_eq!(parse_time(&text), Ok(time), "{}", text);
            }
        }

        #[test]
        fn a_unix_time_reads_equal_in_seconds_and_milliseconds(seconds in EARLIEST_S..END_S, ms in 0_i64..1_000) {
            let time = DateTime::from_timestamp_millis(seconds * 1_000 + ms);
            prop_assert_eq!(parse_time(&format!("{seconds}.{ms:03}")).ok(), time);
            prop_assert_eq!(parse_time(&format!("{seconds}{ms:03}")).ok(), time);
        }

        #[test]
        fn times_agree_with_rfc_3339(text in "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,6})?(Z|[+-][0-2][0-9]:[0-6][0-9])") {
            if let Ok(time) = parse_time(&text) {
                prop_assert_eq!(DateTime::parse_from_rfc3339(&text).map(|t| t.to_utc()), Ok(time));
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC*|[-+:.TZ 0-9éEeUTC]{0,30}") {
            let _ = parse_time(&text);
        }
    }
}
