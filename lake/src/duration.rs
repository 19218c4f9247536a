//! Durations in text: `90s`, `30m`, `1h`, `-2d`.

/// A text that is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a duration: write `90s`, `30m`, `1h` or `2d`")]
pub struct ParseDurationError {
    /// The text.
    pub text: String,
}

/// Parses a duration: a whole number, possibly negative, and one of the units `s`, `m`, `h`, `d`.
/// Returns seconds.
///
/// # Errors
/// [`ParseDurationError`] if the number or the unit is missing or invalid.
pub fn parse_duration_s(text: &str) -> Result<i64, ParseDurationError> {
    let seconds = || {
        let unit_s = match text.chars().last()? {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        let count: i32 = text[..text.len() - 1].parse().ok()?;
        Some(i64::from(count) * unit_s)
    };
    seconds().ok_or_else(|| ParseDurationError { text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i64> {
        parse_duration_s(text).ok()
    }

    #[test]
    fn each_unit_has_its_seconds() {
        let read = ["90s", "30m", "1h", "-2d", "0s"].map(seconds);
        assert_eq!(read, [90, 1800, 3600, -172_800, 0].map(Some));
    }

    #[test]
    fn a_number_without_unit_is_rejected() {
        assert_eq!(["", "1", "h", "1.5h", "1w", "1 h", "é"].map(seconds), [None; 7]);
    }
}
