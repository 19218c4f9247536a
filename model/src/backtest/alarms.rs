//! Alarms: liquidation episodes, what followed each alarm, and the scores of alarm rules.

pub(super) mod accounts;
pub(super) mod alerts;
pub(super) mod episodes;
pub(super) mod evaluator;
pub(super) mod lead_times;
mod observed_time;
pub(super) mod scores;
