//! Matching of forecasts with landmarks.

use plimsoll_features::Observations;
use plimsoll_lake::tables::Forecast;

use super::account_lookup::AccountLookup;
use super::report::SkippedForecasts;
use crate::error::ModelError;

/// Number of landmarks that an error names.
pub(crate) const MAX_NAMED: usize = 3;

/// Forecasts matched with observations.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MatchedForecasts<'a> {
    /// Indices of observations with their forecasts, ascending.
    pub(crate) rows: Vec<(usize, &'a Forecast)>,
    /// Counts of the unmatched forecasts.
    pub(crate) skipped: SkippedForecasts,
}

impl<'a> MatchedForecasts<'a> {
    /// Matches forecasts with landmarks of the grid, by account and time.
    pub(crate) fn new(
        forecasts: &[&'a Forecast],
        observations: &Observations,
    ) -> Result<Self, ModelError> {
        let accounts = AccountLookup::new(observations);
        let mut matched = Self { rows: Vec::new(), skipped: SkippedForecasts::default() };
        for &forecast in forecasts {
            let account = accounts.get(forecast.account.as_str());
            match account.and_then(|a| find_landmark(observations, a, forecast.time.timestamp())) {
                None => matched.skipped.unmatched += 1,
                Some(row) if !observations.on_grid[row] => matched.skipped.off_grid += 1,
                Some(row) => matched.rows.push((row, forecast)),
            }
        }
        matched.rows.sort_by_key(|(row, _)| *row);
        match matched.rows.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(duplicate_forecast(pair[1].1)),
            None if matched.rows.is_empty() => Err(no_matching_landmarks(forecasts)),
            None => Ok(matched),
        }
    }
}

/// Finds the row of an account's landmark; rows are sorted by account and time.
pub(crate) fn find_landmark(
    observations: &Observations,
    account: u32,
    time_s: i64,
) -> Option<usize> {
    let first = observations.account_index.partition_point(|&other| other < account);
    let rows = observations.account_index[first..].partition_point(|&other| other == account);
    let position = observations.time_s[first..first + rows].binary_search(&time_s).ok()?;
    Some(first + position)
}

fn duplicate_forecast(forecast: &Forecast) -> ModelError {
    let Forecast { account, time, .. } = forecast;
    ModelError::DuplicateForecast { account: account.clone(), time: time.to_rfc3339() }
}

fn no_matching_landmarks(forecasts: &[&Forecast]) -> ModelError {
    let name = |f: &&Forecast| format!("{} at {}", f.account, f.time.to_rfc3339());
    let first: Vec<String> = forecasts.iter().take(MAX_NAMED).map(name).collect();
    ModelError::NoMatchingLandmarks { forecasts: forecasts.len(), first: first.join(", ") }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use plimsoll_features::{OPEN, Outcome};

    use super::*;

    /// Two accounts with a landmark per hour; the landmark of the second hour is off the grid.
    fn observations() -> Observations {
        let mut all = Observations::default();
        for account in 0..2 {
            all.account_ids.push(format!("m/m/{account}"));
            for hour in 0..3 {
                all.account_index.push(account);
                all.time_s.push(hour * 3_600);
                all.on_grid.push(hour != 1);
                all.outcome.push(Outcome { duration_days: 9.0, event: OPEN, follow_up_days: 9.0 });
            }
        }
        all
    }

    fn forecast(account: &str, hour: i64) -> Forecast {
        let time = DateTime::from_timestamp(hour * 3_600, 0).unwrap();
        Forecast::new(account.to_owned(), time, [0.0; 14], [0.0; 14])
    }

    #[test]
    fn forecasts_match_landmarks_in_any_order() {
        let given = [("m/m/1", 2), ("m/m/1", 1), ("m/m/0", 0), ("m/m/2", 0), ("m/m/0", 3)];
        let given = given.map(|(account, hour)| forecast(account, hour));
        let matched = MatchedForecasts::new(&given.each_ref(), &observations()).unwrap();
        assert_eq!(matched.rows, [(0, &given[2]), (5, &given[0])]);
        assert_eq!(matched.skipped, SkippedForecasts { unmatched: 2, off_grid: 1 });
    }

    #[test]
    fn unmatched_and_duplicate_forecasts_are_named() {
        let error = |given: &[&Forecast]| {
            MatchedForecasts::new(given, &observations()).unwrap_err().to_string()
        };
        let (unmatched, known) = (forecast("m/m/9", 0), forecast("m/m/0", 2));
        let unmatched_error = error(&[&unmatched]);
        assert!(
            unmatched_error.contains("m/m/9 at 1970-01-01T00:00:00+00:00"),
            "{unmatched_error}"
        );
        let duplicate_error = error(&[&known, &unmatched, &known]);
        assert!(
            duplicate_error.contains("more than one forecast of m/m/0 at 1970-01-01T02"),
            "{duplicate_error}"
        );
    }
}
