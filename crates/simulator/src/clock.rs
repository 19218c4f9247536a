//! Simulated time: ticks of five minutes, each a block.

use chrono::{DateTime, TimeDelta, Utc};

/// Seconds in a tick.
pub(super) const TICK_S: usize = 300;
/// Ticks in an hour.
pub(super) const TICKS_PER_HOUR: usize = 3_600 / TICK_S;
/// Ticks in a day.
pub(super) const TICKS_PER_DAY: usize = 24 * TICKS_PER_HOUR;
/// Years of 365 days in a tick.
pub(super) const TICK_YEARS: f64 = TICK_S as f64 / 31_536_000.0;
/// Years of 365 days in an hour.
pub(super) const HOUR_YEARS: f64 = TICK_YEARS * TICKS_PER_HOUR as f64;

/// The time of a tick; tick 0 is the start.
pub(super) fn tick_time(start: DateTime<Utc>, tick: usize) -> DateTime<Utc> {
    start + TimeDelta::seconds((tick * TICK_S) as i64)
}

/// The tick of a time, if it lies on one at or after the start.
pub(super) fn tick_at(start: DateTime<Utc>, at: DateTime<Utc>) -> Option<usize> {
    let tick = usize::try_from((at - start).num_seconds()).ok()? / TICK_S;
    (tick_time(start, tick) == at).then_some(tick)
}
