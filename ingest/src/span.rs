//! Lengths of time as a mapping writes them: `90s`, `30m`, `1h`, `-2d`.

use chrono::TimeDelta;
use serde::Deserialize;

/// A length of time, perhaps negative, in whole seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct DurationSpec {
    pub(crate) seconds: i64,
}

impl DurationSpec {
    pub(crate) fn time_delta(self) -> TimeDelta {
        TimeDelta::seconds(self.seconds)
    }
}

impl TryFrom<String> for DurationSpec {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let unit = |c: char| match c {
            's' => Some(1),
            'm' => Some(60),
            'h' => Some(3600),
            'd' => Some(86_400),
            _ => None,
        };
        let parsed = text.chars().last().and_then(unit).and_then(|unit_s| {
            let count: i32 = text[..text.len() - 1].parse().ok()?;
            Some(Self { seconds: i64::from(count) * unit_s })
        });
        parsed.ok_or_else(|| {
            format!("{text:?} is no length of time: write `90s`, `30m`, `1h` or `2d`")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i64> {
        DurationSpec::try_from(text.to_owned()).ok().map(|span| span.seconds)
    }

    #[test]
    fn each_unit_counts_its_seconds() {
        let read = ["90s", "30m", "1h", "-2d", "0s"].map(seconds);
        assert_eq!(read, [90, 1800, 3600, -172_800, 0].map(Some));
    }

    #[test]
    fn a_bare_number_has_no_length() {
        assert_eq!(["", "1", "h", "1.5h", "1w", "1 h", "é"].map(seconds), [None; 7]);
    }
}
