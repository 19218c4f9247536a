//! Times as exports write them, always in UTC.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// The first block of any chain (Bitcoin's, 2009-01-03): nothing on a chain is older.
const EARLIEST_S: i64 = 1_230_940_800;
/// 2100-01-01; a lake cuts times into months, so a time astray must not claim millennia.
const END_S: i64 = 4_102_444_800;
const MICROS_DIGITS: usize = 6;

/// Reads `2020-10-19T22:02:28Z`, `2020-10-19 20:04:20.000` and `2021-01-27 1:03:47`.
///
/// A time without an offset is UTC. `None` for anything else, for a time finer than a
/// microsecond and for one outside 2009-01-03 to 2099-12-31.
pub(crate) fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    let (date, rest) = text.split_once(['T', ' '])?;
    let (clock, offset) = split_offset(rest)?;
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(c, f)| (c, Some(f)));
    let [hour, minute, second] = parts(clock, ':')?;
    let [year, month, day] = parts(date, '-')?;
    let date = NaiveDate::from_ymd_opt(
        number(year, 4..=4)?.cast_signed(),
        number(month, 2..=2)?,
        number(day, 2..=2)?,
    )?;
    let (hour, minute, second) =
        (number(hour, 1..=2)?, number(minute, 2..=2)?, number(second, 2..=2)?);
    let local = date.and_hms_micro_opt(hour, minute, second, fraction.map_or(Some(0), micros)?)?;
    within_bounds(local.and_utc() - offset)
}

/// `time`, unless it lies outside 2009-01-03 to 2099-12-31.
pub(crate) fn within_bounds(time: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (EARLIEST_S..END_S).contains(&time.timestamp()).then_some(time)
}

fn parts(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut parts = text.split(separator);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(three)
}

fn number(digits: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let plain = lengths.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().expect("at most six digits fit"))
}

/// Microseconds of a fraction's digits; trailing zeros may go beyond, nothing else.
fn micros(fraction: &str) -> Option<u32> {
    let (kept, beyond) = fraction.split_at_checked(MICROS_DIGITS).unwrap_or((fraction, ""));
    let scale = 10_u32.pow(u32::try_from(MICROS_DIGITS - kept.len()).expect("at most six"));
    beyond.bytes().all(|byte| byte == b'0').then_some(())?;
    Some(number(kept, 1..=MICROS_DIGITS)? * scale)
}

/// Cuts a trailing `Z`, `+hh:mm` or `-hh:mm` off.
fn split_offset(text: &str) -> Option<(&str, TimeDelta)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, TimeDelta::zero()));
    }
    let Some(at) = text.find(['+', '-']) else {
        return Some((text, TimeDelta::zero()));
    };
    let (hours, minutes) = text[at + 1..].split_once(':')?;
    let (hours, minutes) = (number(hours, 2..=2)?, number(minutes, 2..=2)?);
    let east = TimeDelta::minutes(i64::from(hours * 60 + minutes));
    let valid = hours < 24 && minutes < 60;
    valid.then_some((&text[..at], if text[at..].starts_with('-') { -east } else { east }))
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
    fn every_form_of_one_moment_is_that_moment() {
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
    fn what_is_no_time_is_refused() {
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
        ] {
            assert_eq!(parse_time(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_time_before_the_first_chain_or_after_the_century_is_refused() {
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
        fn what_is_read_is_what_rfc_3339_means(text in "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,6})?(Z|[+-][0-2][0-9]:[0-6][0-9])") {
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
