//! The time range of the landmarks to evaluate on.

use chrono::{DateTime, Utc};

/// The time range of landmarks to evaluate on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimeRange {
    /// First time. If absent: the end of the training data, or the first of external forecasts.
    pub from: Option<DateTime<Utc>>,
    /// End of the range, exclusive; no later knowledge is used. If absent: the end of the lake.
    pub to: Option<DateTime<Utc>>,
}

impl TimeRange {
    /// Whether a second lies in the range.
    pub(crate) fn contains(&self, time_s: i64) -> bool {
        self.from.is_none_or(|from| from.timestamp() <= time_s)
            && self.to.is_none_or(|to| time_s < to.timestamp())
    }
}
