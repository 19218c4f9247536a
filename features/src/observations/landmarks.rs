//! The regular grid of landmark times.

use std::str::FromStr;

use plimsoll_lake::duration::parse_duration_s;

use crate::error::FeatureError;
use crate::time::HOUR_S;

const MAX_HOURS: i64 = 720;

/// The interval of the grid of landmarks, which starts at 1970-01-01T00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LandmarkInterval {
    hours: i64,
}

impl Default for LandmarkInterval {
    fn default() -> Self {
        Self { hours: 4 }
    }
}

impl FromStr for LandmarkInterval {
    type Err = FeatureError;

    fn from_str(text: &str) -> Result<Self, FeatureError> {
        let seconds = parse_duration_s(text).ok().filter(|seconds| seconds % HOUR_S == 0);
        match seconds.map(|seconds| seconds / HOUR_S) {
            Some(hours) if (1..=MAX_HOURS).contains(&hours) => Ok(Self { hours }),
            _ => Err(FeatureError::LandmarkInterval { text: text.to_owned() }),
        }
    }
}

impl LandmarkInterval {
    /// Whether a second is on the grid.
    pub(crate) const fn contains(self, time_s: i64) -> bool {
        time_s.rem_euclid(self.hours * HOUR_S) == 0
    }

    /// The seconds of the grid after `from_s` and before `until_s`.
    pub(crate) fn between(self, from_s: i64, until_s: i64) -> impl Iterator<Item = i64> {
        let step = self.hours * HOUR_S;
        let first = (from_s.div_euclid(step) + 1) * step;
        (0..).map(move |i| first + i * step).take_while(move |&time_s| time_s < until_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_starts_at_the_epoch() {
        let interval: LandmarkInterval = "4h".parse().expect("an interval");
        let times: Vec<_> = interval.between(3_600, 43_200).collect();
        assert_eq!(times, [14_400, 28_800]);
        assert!(interval.contains(14_400) && !interval.contains(14_401));
    }

    #[test]
    fn an_interval_is_a_whole_number_of_hours_or_days() {
        assert_eq!(
            "1d".parse::<LandmarkInterval>().expect("an interval"),
            LandmarkInterval { hours: 24 }
        );
        for text in ["", "h", "0h", "4", "31d", "-1h", "1.5h", "90m", "9223372036854775807d", "4 h"]
        {
            assert!(text.parse::<LandmarkInterval>().is_err(), "{text}");
        }
    }
}
