//! Durations such as `30s` and `10m`.

use std::time::Duration;

/// Parses a number with a unit: s, m or h.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let form = || format!("`{text}` is no time: use a number with s, m or h, such as 30s or 10m");
    let unit = text.chars().next_back().ok_or_else(form)?;
    let seconds = match unit {
        's' => 1.0,
        'm' => 60.0,
        'h' => 3600.0,
        _ => return Err(form()),
    };
    let number: f64 = text[..text.len() - 1].parse().map_err(|_| form())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| form())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duration_is_a_number_with_a_unit() {
        for (text, seconds) in [("30s", 30.0), ("10m", 600.0), ("1.5h", 5400.0), ("0s", 0.0)] {
            assert_eq!(parse_duration(text), Ok(Duration::from_secs_f64(seconds)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused_with_an_example() {
        for text in ["", "30", "s", "-1s", "1d", "ten m", "infs", "5é"] {
            assert!(parse_duration(text).unwrap_err().contains("such as 30s"), "{text}");
        }
    }
}
