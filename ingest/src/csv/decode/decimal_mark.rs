//! Decimal points and decimal commas, and the refusal of thousands separators.

use std::borrow::Cow;

use serde::Deserialize;

use super::decimal::DecimalError;

/// The character before a number's fraction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum DecimalMark {
    /// `1.5`
    #[default]
    #[serde(rename = ".")]
    Point,
    /// `1,5`
    #[serde(rename = ",")]
    Comma,
}

impl DecimalMark {
    /// The number with a decimal point and without surrounding spaces.
    ///
    /// A thousands separator is refused: `1,234` may be 1234 or 1.234.
    pub(crate) fn to_point(self, text: &str) -> Result<Cow<'_, str>, DecimalError> {
        let text = text.trim_matches([' ', '\t']);
        if !has_digits_around_separator(text) {
            return Ok(Cow::Borrowed(text));
        }
        let separators = text.chars().filter(|c| is_separator(*c));
        let mut others = separators.filter(|c| *c != self.character());
        match others.next() {
            Some(',') if self == Self::Point => Err(DecimalError::Comma),
            Some('.') => Err(DecimalError::PointBesideComma),
            Some(_) => Err(DecimalError::Thousands),
            None if text.matches(self.character()).count() > 1 => Err(DecimalError::Thousands),
            None if self == Self::Comma => Ok(Cow::Owned(text.replace(',', "."))),
            None => Ok(Cow::Borrowed(text)),
        }
    }

    const fn character(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    /// Whether a cell is a number only with a decimal comma, such as `1,5` or `-0,25e3`.
    pub(crate) fn is_comma_number(text: &str) -> bool {
        let text = text.trim_matches([' ', '\t']);
        text.matches(',').count() == 1
            && Self::Comma.to_point(text).is_ok_and(|number| number.parse::<f64>().is_ok())
    }
}

/// Characters that separate groups of digits somewhere: also spaces, apostrophes and underscores.
const fn is_separator(c: char) -> bool {
    matches!(c, '.' | ',' | ' ' | '\'' | '_' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{2019}')
}

/// Whether a text consists of digits, separators, a sign and an exponent only.
fn has_digits_around_separator(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || is_separator(c) || matches!(c, '+' | '-' | 'e' | 'E'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_decimal_comma_becomes_a_point() {
        let comma = |text: &'static str| DecimalMark::Comma.to_point(text).map(Cow::into_owned);
        assert_eq!(comma("1,5"), Ok("1.5".to_owned()));
        assert_eq!(comma("-0,25e-3"), Ok("-0.25e-3".to_owned()));
        assert_eq!(comma(" 17 "), Ok("17".to_owned()));
        assert_eq!(comma("1.234,5"), Err(DecimalError::PointBesideComma));
        assert_eq!(comma("1,234,567"), Err(DecimalError::Thousands));
    }

    #[test]
    fn a_thousands_separator_is_refused() {
        let point = |text: &'static str| DecimalMark::Point.to_point(text).map(Cow::into_owned);
        assert_eq!(point("1234.5"), Ok("1234.5".to_owned()));
        assert_eq!(point("1,234.5"), Err(DecimalError::Comma));
        assert_eq!(point("1,5"), Err(DecimalError::Comma));
        assert_eq!(point("1.234.567"), Err(DecimalError::Thousands));
        for text in ["1 234", "1'234", "1_234", "1\u{a0}234", "1\u{202f}234", "1\u{2019}234.5"] {
            assert_eq!(point(text), Err(DecimalError::Thousands), "{text}");
        }
        assert_eq!(point("yesterday, 5"), Ok("yesterday, 5".to_owned()));
    }

    proptest! {
        #[test]
        fn a_number_reads_equal_with_either_mark(value in -1e12_f64..1e12) {
            let text = format!("{value}");
            let point = DecimalMark::Point.to_point(&text).map(Cow::into_owned);
            let with_comma = text.replace('.', ",");
            let comma = DecimalMark::Comma.to_point(&with_comma).map(Cow::into_owned);
            prop_assert_eq!(point.as_ref(), Ok(&text));
            prop_assert_eq!(comma, point);
        }

        #[test]
        fn what_is_accepted_has_no_separator_left(text in "[-+0-9.,' _eE]{0,20}") {
            for mark in [DecimalMark::Point, DecimalMark::Comma] {
                if let Ok(number) = mark.to_point(&text) {
                    let digits = number.chars().any(|c| c.is_ascii_digit());
                    prop_assert!(!digits || !number.contains([',', '\'', '_']), "{number}");
                }
            }
        }
    }
}
