//! Limiting a query to what was known at a time.

use chrono::{DateTime, Utc};
use plimsoll_lake::Filter;

/// Limits a filter to files with rows up to `until`; the caller drops later rows of those files.
pub(crate) fn up_to(filter: Filter, until: Option<DateTime<Utc>>) -> Filter {
    if let Some(until) = until { filter.to(until) } else { filter }
}
