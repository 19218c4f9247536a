//! Conversion between forecasts and rows of the table `forecasts`.

use chrono::{DateTime, Utc};
use ndarray::Array2;
use plimsoll_features::Observations;
use plimsoll_lake::tables::Forecast;

use super::forecasts::Forecasts;
use super::model::Model;
use super::training_market::market_of_account;
use crate::error::ModelError;
use crate::input::grid::INTERVALS;

/// Tolerance of decreases of a curve and of sums above one, from single-precision arithmetic.
const ROUNDING_TOLERANCE: f64 = 1e-6;

/// Forecasts observations as rows of the table `forecasts`; those of markets that the model was not
/// trained on are flagged.
///
/// # Errors
/// Errors of the net.
pub fn forecast_rows(
    model: &Model,
    observations: &Observations,
) -> Result<Vec<Forecast>, ModelError> {
    let mut forecasts = model.forecast(observations.features.view())?;
    let is_cold_start: Vec<bool> = observations
        .account_ids
        .iter()
        .map(|account| model.is_cold_start(market_of_account(account)))
        .collect();
    forecasts.flag_cold_start(|row| is_cold_start[observations.account_index[row] as usize]);
    let row = |row: usize| {
        let account = &observations.account_ids[observations.account_index[row] as usize];
        let time = DateTime::from_timestamp(observations.time_s[row], 0)
            .expect("landmarks were read from timestamps");
        Forecast {
            health_factor: Some(observations.health_factor[row]),
            debt_usd: Some(observations.debt_usd[row]),
            ..forecasts.to_row(row, account.clone(), time)
        }
    };
    Ok((0..observations.len()).map(row).collect())
}

impl Forecasts {
    /// Converts one row to a row of the table `forecasts`.
    #[must_use]
    pub fn to_row(&self, row: usize, account: String, time: DateTime<Utc>) -> Forecast {
        let curve = |incidence: &Array2<f64>| std::array::from_fn(|k| incidence[[row, k]]);
        let forecast = Forecast::new(account, time, curve(&self.liquidated), curve(&self.closed));
        let forecast = match &self.states {
            Some(states) => forecast.with_state(states.state[row].name(), states.p_taken[row]),
            None => forecast,
        };
        let Some(intervals) = &self.intervals else { return forecast };
        let ends = |matrix: &Array2<f64>| std::array::from_fn(|horizon| matrix[[row, horizon]]);
        forecast
            .with_intervals(
                ends(&intervals.lower),
                ends(&intervals.upper),
                intervals.out_of_range[row],
            )
            .with_cold_start(intervals.cold_start[row])
    }

    /// Converts rows of the table `forecasts`, in their order.
    ///
    /// # Errors
    /// [`ModelError::InvalidForecast`] names the first row whose probabilities lie outside [0, 1], fall
    /// with time, or add up to more than one.
    pub fn from_rows(rows: &[Forecast]) -> Result<Self, ModelError> {
        validate_rows(rows)?;
        Ok(Self::from_valid_rows(rows.iter()))
    }

    /// Converts rows that are already validated.
    pub(crate) fn from_valid_rows<'a>(rows: impl ExactSizeIterator<Item = &'a Forecast>) -> Self {
        let shape = (rows.len(), INTERVALS);
        let (liquidated, closed) = (Array2::zeros(shape), Array2::zeros(shape));
        let mut forecasts = Self { liquidated, closed, intervals: None, states: None };
        for (row, forecast) in rows.enumerate() {
            forecasts.liquidated.row_mut(row).assign(&ndarray::aview1(&forecast.p_liquidated()));
            forecasts.closed.row_mut(row).assign(&ndarray::aview1(&forecast.p_closed()));
        }
        forecasts
    }
}

/// Returns an error if a row is not a pair of cumulative incidences.
pub(crate) fn validate_rows(rows: &[Forecast]) -> Result<(), ModelError> {
    rows.iter().try_for_each(|row| {
        let reason = curve_error(&Forecast::P_LIQUIDATED_COLUMNS, &row.p_liquidated())
            .or_else(|| curve_error(&Forecast::P_CLOSED_COLUMNS, &row.p_closed()))
            .or_else(|| sum_error(row));
        reason.map_or(Ok(()), |reason| {
            let (account, time) = (row.account.clone(), row.time.to_rfc3339());
            Err(ModelError::InvalidForecast { account, time, reason })
        })
    })
}

fn curve_error(names: &[&str], curve: &[f64]) -> Option<String> {
    let mut before = 0.0;
    for (k, &probability) in curve.iter().enumerate() {
        let name = names[k];
        if !(0.0..=1.0).contains(&probability) {
            return Some(format!("{name} is {probability}, not a probability"));
        }
        if probability < before - ROUNDING_TOLERANCE {
            let earlier = names[k - 1];
            return Some(format!("{name} is {probability}, below {before} of {earlier}"));
        }
        before = probability;
    }
    None
}

fn sum_error(row: &Forecast) -> Option<String> {
    let sums = row.p_liquidated().into_iter().zip(row.p_closed()).map(|(a, b)| a + b);
    let (k, sum) = sums.enumerate().find(|(_, sum)| *sum > 1.0 + ROUNDING_TOLERANCE)?;
    let (liquidated, closed) = (Forecast::P_LIQUIDATED_COLUMNS[k], Forecast::P_CLOSED_COLUMNS[k]);
    Some(format!("{liquidated} and {closed} add up to {sum}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forecast() -> Forecast {
        let curve = std::array::from_fn(|k| k as f64 / 64.0);
        Forecast::new("maker/eth-b/7".to_owned(), DateTime::UNIX_EPOCH, curve, curve)
    }

    #[test]
    fn rows_round_trip() {
        let rows = [forecast(), Forecast { p_closed_30d: 0.5, ..forecast() }];
        let forecasts = Forecasts::from_rows(&rows).unwrap();
        for (row, expected) in rows.iter().enumerate() {
            let (account, time) = (expected.account.clone(), expected.time);
            assert_eq!(forecasts.to_row(row, account, time), *expected);
        }
    }

    #[test]
    fn invalid_incidence_names_account_time_and_column() {
        for (invalid, reason) in [
            (Forecast { p_closed_2d: f64::NAN, ..forecast() }, "p_closed_2d is NaN"),
            (Forecast { p_liquidated_1h: -0.1, ..forecast() }, "p_liquidated_1h is -0.1"),
            (Forecast { p_liquidated_30d: 1.1, ..forecast() }, "p_liquidated_30d is 1.1"),
            (Forecast { p_closed_3h: 0.0, ..forecast() }, "p_closed_3h is 0, below 0.015625 of p_"),
            (
                Forecast { p_liquidated_30d: 0.9, ..forecast() },
                "p_liquidated_30d and p_closed_30d add up to 1.103125",
            ),
        ] {
            let error = Forecasts::from_rows(&[forecast(), invalid]).unwrap_err().to_string();
            let culprit = "maker/eth-b/7 at 1970-01-01T00:00:00+00:00: ";
            assert!(error.contains(&format!("{culprit}{reason}")), "{error}");
        }
    }

    #[test]
    fn rounding_is_tolerated() {
        let rounded = Forecast { p_closed_3h: 1.0 / 64.0 - 1e-9, ..forecast() };
        assert!(Forecasts::from_rows(&[rounded]).is_ok());
    }
}
