//! Simulated time: ticks of five minutes, one block per tick.

use chrono::{DateTime, TimeDelta, Utc};

/// Seconds in a tick.
pub(crate) const TICK_S: usize = 300;
/// Ticks in an hour.
pub(crate) const TICKS_PER_HOUR: usize = 3_600 / TICK_S;
/// Hours in a day.
pub(crate) const HOURS_PER_DAY: usize = 24;
/// Ticks in a day.
pub(crate) const TICKS_PER_DAY: usize = HOURS_PER_DAY * TICKS_PER_HOUR;
/// Years of 365 days in a tick.
pub(crate) const TICK_YEARS: f64 = TICK_S as f64 / 31_536_000.0;
/// Years of 365 days in an hour.
pub(crate) const HOUR_YEARS: f64 = TICK_YEARS * TICKS_PER_HOUR as f64;

/// The time of a tick; tick 0 is the start.
pub(crate) fn tick_time(start: DateTime<Utc>, tick: usize) -> DateTime<Utc> {
    start + TimeDelta::seconds((tick * TICK_S) as i64)
}

/// The tick at a time; `None` if the time is before the start or between ticks.
pub(crate) fn tick_at(start: DateTime<Utc>, at: DateTime<Utc>) -> Option<usize> {
    let tick = usize::try_from((at - start).num_seconds()).ok()? / TICK_S;
    (tick_time(start, tick) == at).then_some(tick)
}
