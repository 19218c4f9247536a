//! A peer's forecasts, matched with the evaluated landmarks.

use chrono::DateTime;
use plimsoll_features::Observations;
use plimsoll_lake::Horizon;
use plimsoll_lake::tables::PeerForecast;

use super::report::{LeftOut, Omission};
use crate::error::ModelError;
use crate::evaluation::account_lookup::AccountLookup;
use crate::evaluation::matching::{MAX_NAMED, find_landmark};

/// The peer's probabilities of the evaluated landmarks.
#[derive(Debug)]
pub(super) struct MatchedPeer<'a> {
    /// The peer's forecast of each evaluated row, if any.
    pub(super) forecasts: Vec<Option<&'a PeerForecast>>,
    /// What has no counterpart.
    pub(super) left_out: LeftOut,
}

impl<'a> MatchedPeer<'a> {
    /// Matches a peer's forecasts with evaluated rows, a part of all observations.
    pub(super) fn new(
        peer: &'a [PeerForecast],
        rows: &Observations,
        observations: &Observations,
    ) -> Result<Self, ModelError> {
        let (evaluated, all) = (AccountLookup::new(rows), AccountLookup::new(observations));
        let mut matched = Self { forecasts: vec![None; rows.len()], left_out: LeftOut::default() };
        for forecast in peer {
            validate(forecast)?;
            let row = find(forecast, rows, &evaluated);
            match row.map(|row| matched.forecasts[row].replace(forecast)) {
                Some(None) => {}
                Some(Some(_)) => return Err(duplicate(forecast)),
                None => {
                    let row = find(forecast, observations, &all);
                    let on_grid = row.map(|row| observations.on_grid[row]);
                    matched.left_out.of_peer(on_grid).add(|| name(forecast));
                }
            }
        }
        for (row, forecast) in matched.forecasts.iter().enumerate() {
            if forecast.is_none() {
                matched.left_out.without_peer.add(|| landmark_name(rows, row));
            }
        }
        Ok(matched)
    }

    /// Rows with a probability at a horizon, and these probabilities by row.
    pub(super) fn at_horizon(&self, horizon: Horizon) -> Vec<Option<f64>> {
        let at =
            |forecast: &Option<&PeerForecast>| forecast.as_ref()?.p_liquidated()[horizon.index()];
        self.forecasts.iter().map(at).collect()
    }

    /// Number of rows that the peer forecasts.
    pub(super) fn len(&self) -> usize {
        self.forecasts.iter().flatten().count()
    }
}

impl LeftOut {
    /// Where a forecast of the peer belongs that is of no evaluated landmark, given whether its
    /// landmark, if there is one, is on the grid.
    const fn of_peer(&mut self, on_grid: Option<bool>) -> &mut Omission {
        match on_grid {
            Some(true) => &mut self.not_evaluated,
            Some(false) => &mut self.off_grid,
            None => &mut self.unmatched,
        }
    }
}

impl Omission {
    fn add(&mut self, name: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < MAX_NAMED {
            self.first.push(name());
        }
    }
}

fn find(
    forecast: &PeerForecast,
    observations: &Observations,
    accounts: &AccountLookup<'_>,
) -> Option<usize> {
    let account = accounts.get(&forecast.account)?;
    find_landmark(observations, account, forecast.time.timestamp())
}

/// Names a forecast by its account and time.
pub(super) fn name(forecast: &PeerForecast) -> String {
    format!("{} at {}", forecast.account, forecast.time.to_rfc3339())
}

fn landmark_name(rows: &Observations, row: usize) -> String {
    let account = &rows.account_ids[rows.account_index[row] as usize];
    let time = DateTime::from_timestamp(rows.time_s[row], 0).unwrap_or_default();
    format!("{account} at {}", time.to_rfc3339())
}

fn duplicate(forecast: &PeerForecast) -> ModelError {
    let (account, time) = (forecast.account.clone(), forecast.time.to_rfc3339());
    ModelError::DuplicateForecast { account, time }
}

fn validate(forecast: &PeerForecast) -> Result<(), ModelError> {
    let columns = PeerForecast::P_LIQUIDATED_COLUMNS.iter().zip(forecast.p_liquidated());
    let invalid = |(_, p): &(&&str, Option<f64>)| p.is_some_and(|p| !(0.0..=1.0).contains(&p));
    columns.into_iter().find(invalid).map_or(Ok(()), |(column, p)| {
        let reason = format!("{column} is {}, not a probability", p.unwrap_or(f64::NAN));
        let (account, time) = (forecast.account.clone(), forecast.time.to_rfc3339());
        Err(ModelError::InvalidForecast { account, time, reason })
    })
}
