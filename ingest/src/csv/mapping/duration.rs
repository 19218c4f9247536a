//! Durations as a mapping writes them.

use chrono::TimeDelta;
use plimsoll_lake::duration::{ParseDurationError, parse_duration_s};
use serde::Deserialize;

/// A duration in whole seconds, possibly negative.
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
    type Error = ParseDurationError;

    fn try_from(text: String) -> Result<Self, ParseDurationError> {
        Ok(Self { seconds: parse_duration_s(&text)? })
    }
}
