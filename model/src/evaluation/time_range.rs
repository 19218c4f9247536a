//! The time range of the landmarks to evaluate on.

use chrono::{DateTime, Utc};

/// The landmarks to evaluate on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimeRange {
    /// First landmark; if absent the end of the training span, or for forecasts of others the first
    /// that they made.
    pub from: Option<DateTime<Utc>>,
    /// Landmarks lie before this time, and nothing known later is used; the end of the lake if
    /// absent.
    pub to: Option<DateTime<Utc>>,
}

impl TimeRange {
    /// Whether a second lies in the range.
    pub(crate) fn contains(&self, time_s: i64) -> bool {
        self.from.is_none_or(|from| from.timestamp() <= time_s)
            && self.to.is_none_or(|to| time_s < to.timestamp())
    }
}
