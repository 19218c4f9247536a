//! Observed time of accounts, from their landmarks.

use plimsoll_features::Observations;

use crate::units::{HOURS_PER_MONTH, SECONDS_PER_HOUR};

/// Observed account-months.
pub(super) fn account_months(rows: &Observations) -> f64 {
    rows.len() as f64 * (landmark_step_s(rows) as f64 / SECONDS_PER_HOUR) / HOURS_PER_MONTH
}

/// Interval between an account's landmarks, seconds: the shortest one.
pub(super) fn landmark_step_s(rows: &Observations) -> i64 {
    let pairs = 1..rows.len();
    let step = |row: usize| {
        let same = rows.account_index[row - 1] == rows.account_index[row];
        same.then(|| rows.time_s[row] - rows.time_s[row - 1])
    };
    pairs.filter_map(step).filter(|step| *step > 0).min().unwrap_or(0)
}
