//! Outcomes of observations at a time and within a horizon.

use crate::units::SECONDS_PER_DAY;
use chrono::{DateTime, Utc};
use plimsoll_features::{LIQUIDATED, Observations, Outcome};

/// The outcomes of all rows as known at a time.
pub(crate) fn outcomes_known_at(rows: &Observations, time: DateTime<Utc>) -> Vec<Outcome> {
    let days = |time_s: i64| (time.timestamp() - time_s) as f64 / SECONDS_PER_DAY;
    let known = |(outcome, time_s): (&Outcome, &i64)| outcome.censored_after(days(*time_s));
    rows.outcome.iter().zip(&rows.time_s).map(known).collect()
}

/// Whether an account was liquidated within this many days.
pub(crate) fn liquidated_within(outcome: &Outcome, days: f64) -> bool {
    outcome.event == LIQUIDATED && outcome.duration_days <= days
}
