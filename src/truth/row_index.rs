//! Observations by account and time.

use std::collections::HashMap;

use plimsoll_features::Observations;
use plimsoll_lake::tables::Forecast;

/// The row of each observation, by account and Unix second.
pub(super) fn row_index(observations: &Observations) -> HashMap<(&str, i64), usize> {
    (0..observations.len())
        .map(|row| {
            let account = &observations.account_ids[observations.account_index[row] as usize];
            ((account.as_str(), observations.time_s[row]), row)
        })
        .collect()
}

/// The account and Unix second of a forecast.
pub(super) fn row_key(forecast: &Forecast) -> (&str, i64) {
    (&forecast.account, forecast.time.timestamp())
}
