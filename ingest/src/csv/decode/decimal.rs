//! Parsing of decimal text, exactly and as the nearest float.

/// Smallest magnitude that does not fit a column of exact amounts: 38 digits.
const EXACT_LIMIT: u128 = 10_u128.pow(38);

/// Why a text is not a usable number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecimalError {
    #[error("not a decimal number")]
    NotANumber,
    #[error("not finite")]
    NotFinite,
    #[error(
        "with a comma: remove thousands separators, or set `decimal = \",\"` for a decimal comma"
    )]
    Comma,
    #[error(
        "with a point where the decimal mark is a comma: remove thousands separators, or set \
         `decimal = \".\"`"
    )]
    PointBesideComma,
    #[error("with thousands separators: export numbers without them")]
    Thousands,
    #[error("not a whole number of smallest units: remove `unit = \"raw\"` if it is in tokens")]
    NotWhole,
    #[error("finer than the asset's {0} decimals")]
    TooFine(u32),
    #[error("more than 38 digits in the asset's smallest unit")]
    TooLarge,
}

/// The value in units of `10^-decimals`, exact.
///
/// Digits beyond the asset's decimals are rejected unless they are zeros: a chain cannot move a
/// fraction of its smallest unit, so such an amount differs from the one that was moved.
pub(crate) fn parse_exact(text: &str, decimals: u32) -> Result<i128, DecimalError> {
    let number = DecimalParts::parse(text)?;
    let digits = || number.whole.bytes().chain(number.fraction.bytes());
    let trailing_zeros = digits().rev().take_while(|&digit| digit == b'0').count();
    let significant = digits().count() - trailing_zeros;
    if significant == 0 {
        return Ok(0);
    }
    let zeros = i64::from(decimals) + number.exponent + trailing_zeros as i64
        - number.fraction.len() as i64;
    if zeros < 0 {
        return Err(DecimalError::TooFine(decimals));
    }
    let mut magnitude: u128 = 0;
    for digit in digits().take(significant) {
        magnitude = push_digit(magnitude, u128::from(digit - b'0'))?;
    }
    for _ in 0..zeros {
        magnitude = push_digit(magnitude, 0)?;
    }
    let value = i128::try_from(magnitude).expect("10^38 is below i128's limit");
    Ok(if number.negative { -value } else { value })
}

fn push_digit(magnitude: u128, digit: u128) -> Result<u128, DecimalError> {
    // Below the limit, ten times the magnitude may still exceed the integer.
    let longer = magnitude.checked_mul(10).and_then(|tenfold| tenfold.checked_add(digit));
    longer.filter(|longer| *longer < EXACT_LIMIT).ok_or(DecimalError::TooLarge)
}

/// A whole number of smallest units, exact and as the nearest float.
pub(crate) fn parse_raw(text: &str) -> Result<(i128, f64), DecimalError> {
    let exact = parse_exact(text, 0).map_err(|error| match error {
        DecimalError::TooFine(_) => DecimalError::NotWhole,
        error => error,
    })?;
    Ok((exact, exact as f64))
}

pub(crate) fn power_of_ten(decimals: u32) -> f64 {
    10_f64.powi(decimals.try_into().unwrap_or(i32::MAX))
}

/// The value as the nearest float; never infinite, NaN or negative zero.
pub(crate) fn parse_float(text: &str) -> Result<f64, DecimalError> {
    DecimalParts::parse(text)?;
    let value: f64 = text.parse().map_err(|_| DecimalError::NotANumber)?;
    if value.is_finite() { Ok(value + 0.0) } else { Err(DecimalError::NotFinite) }
}

/// The parts of a number's text.
struct DecimalParts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl<'a> DecimalParts<'a> {
    fn parse(text: &'a str) -> Result<Self, DecimalError> {
        let (negative, unsigned) = split_sign(text);
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], parse_exponent(&unsigned[at + 1..])),
            None => (unsigned, Some(0)),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let any = !whole.is_empty() || !fraction.is_empty();
        match exponent {
            Some(exponent) if any && digits(whole) && digits(fraction) => {
                Ok(Self { negative, whole, fraction, exponent })
            }
            _ if is_non_finite_word(unsigned) => Err(DecimalError::NotFinite),
            _ => Err(DecimalError::NotANumber),
        }
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

fn parse_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = split_sign(text);
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // An exponent of any length is valid; beyond this limit the value is out of range anyway.
    let size =
        all.then(|| digits.parse().map_or(i64::from(u32::MAX), |n: i64| n.min(u32::MAX.into())))?;
    Some(if negative { -size } else { size })
}

fn is_non_finite_word(unsigned: &str) -> bool {
    ["nan", "inf", "infinity"].iter().any(|word| unsigned.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fixed(value: i128, decimals: u32) -> String {
        let unit = 10_u128.pow(decimals);
        let (whole, fraction) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
        let sign = if value < 0 { "-" } else { "" };
        format!("{sign}{whole}.{fraction:0width$}", width = decimals as usize)
    }

    #[test]
    fn the_formats_of_exports_are_parsed() {
        for (text, expected) in [
            ("0.35", 350_000_000_000_000_000),
            ("-0.12", -120_000_000_000_000_000),
            ("55", 55_000_000_000_000_000_000),
            ("+1.", 1_000_000_000_000_000_000),
            (".5", 500_000_000_000_000_000),
            ("-8e-18", -8),
            ("1.5E3", 1_500_000_000_000_000_000_000),
            ("0e999999999999", 0),
            ("-0.000", 0),
            ("1.000000000000000000000", 1_000_000_000_000_000_000),
        ] {
            assert_eq!(parse_exact(text, 18), Ok(expected), "{text}");
        }
    }

    #[test]
    fn invalid_numbers_are_rejected() {
        for text in [
            "", "-", ".", "e5", "1e", "1e+", "1,5", "0x1f", " 1", "1 ", "--1", "1.2.3", "1_000",
            "٣",
        ] {
            assert_eq!(parse_exact(text, 18), Err(DecimalError::NotANumber), "{text:?}");
            assert_eq!(parse_float(text), Err(DecimalError::NotANumber), "{text:?}");
        }
    }

    #[test]
    fn non_finite_numbers_are_rejected() {
        for text in ["NaN", "inf", "-Infinity"] {
            assert_eq!(parse_exact(text, 18), Err(DecimalError::NotFinite), "{text}");
            assert_eq!(parse_float(text), Err(DecimalError::NotFinite), "{text}");
        }
        assert_eq!(parse_float("1e999"), Err(DecimalError::NotFinite));
    }

    #[test]
    fn a_digit_below_the_smallest_unit_is_rejected() {
        assert_eq!(parse_exact("0.1234567", 6), Err(DecimalError::TooFine(6)));
        assert_eq!(parse_exact("0.1234560", 6), Ok(123_456));
        assert_eq!(parse_exact("1e-99999999999999999999", 6), Err(DecimalError::TooFine(6)));
    }

    #[test]
    fn thirty_eight_digits_fit_and_thirty_nine_do_not() {
        let most = 10_i128.pow(38) - 1;
        assert_eq!(parse_exact(&most.to_string(), 0), Ok(most));
        for text in ["1e38", "3e38", "4e38", "9e38", "400000000000000000000000000000000000000"] {
            assert_eq!(parse_exact(text, 0), Err(DecimalError::TooLarge), "{text}");
        }
        assert_eq!(parse_exact("4e20", 18), Err(DecimalError::TooLarge));
        assert_eq!(parse_exact("1e99999999999999999999", 0), Err(DecimalError::TooLarge));
    }

    #[test]
    fn zero_has_no_sign() {
        assert!(parse_float("-0.0").is_ok_and(f64::is_sign_positive));
    }

    proptest! {
        #[test]
        fn a_written_amount_reads_back(value in -(10_i128.pow(38) - 1)..10_i128.pow(38), decimals in 0_u32..=30) {
            prop_assert_eq!(parse_exact(&fixed(value, decimals), decimals), Ok(value));
        }

        #[test]
        fn a_point_may_be_moved_by_an_exponent(value in -(10_i128.pow(30))..10_i128.pow(30), decimals in 0_u32..=18) {
            prop_assert_eq!(parse_exact(&format!("{value}e-{decimals}"), decimals), Ok(value));
            prop_assert_eq!(parse_exact(&format!("{value}E+2"), 1), Ok(value * 1000));
        }

        #[test]
        fn exact_and_real_agree(value in any::<i64>(), decimals in 0_u32..=18) {
            let text = fixed(value.into(), decimals);
            let near = value as f64 / 10_f64.powi(decimals as i32);
            let real = parse_float(&text).expect("a finite number");
            prop_assert!((real - near).abs() <= near.abs() * 4.0 * f64::EPSILON, "{} {}", real, near);
        }

        #[test]
        fn a_float_as_rust_writes_it_is_the_same_float(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
            prop_assert_eq!(parse_float(&format!("{value}")), Ok(value + 0.0));
            prop_assert_eq!(parse_float(&format!("{value:e}")), Ok(value + 0.0));
        }

        #[test]
        fn both_parsers_reject_the_same_texts(text in "\\PC*|[-+.eE0-9]{0,12}") {
            let garbage = Err(DecimalError::NotANumber);
            prop_assert_eq!(parse_exact(&text, 18).map(|_| 0.0) == garbage, parse_float(&text) == garbage);
        }
    }
}
