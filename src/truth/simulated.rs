//! True probabilities, estimated from simulated futures.

use anyhow::{Context, ensure};
use indicatif::ProgressBar;
use plimsoll_features::{CLOSED, LIQUIDATED, OPEN, Observations, Outcome};
use plimsoll_lake::tables::Forecast;
use plimsoll_model::edges_days;
use plimsoll_simulator::{AccountSnapshot, Landmark, SimulatedOutcome, Simulation, TrueIncidence};

use super::plan::TruthPlan;
use super::row_index::{row_index, row_key};

/// True forecasts, and the outcomes of the same accounts in further futures.
#[derive(Debug, Default)]
pub(crate) struct SimulatedTruth {
    /// The true forecasts.
    pub(super) forecasts: Vec<Forecast>,
    /// Each row's outcomes, in order of the futures.
    pub(super) outcomes: Vec<Vec<Outcome>>,
    /// The number of each row's first future; no two landmarks share a future.
    pub(super) first_future: Vec<u32>,
    /// Futures that score the truth, over all landmarks.
    pub(super) futures: u32,
    /// Landmarks.
    pub(super) landmarks: usize,
    /// Futures that estimate the truth, at each landmark.
    pub(super) branches: u64,
}

impl SimulatedTruth {
    /// Estimates the true probabilities.
    ///
    /// # Errors
    /// If no landmark is in the plan's span, or no account had a loan at any.
    pub(crate) fn simulate(
        simulation: &Simulation,
        plan: &TruthPlan,
        bar: &ProgressBar,
    ) -> anyhow::Result<Self> {
        let times = plan.midnights(simulation);
        let (from, to) = (plan.from, plan.to);
        ensure!(!times.is_empty(), "no midnight of the history from {from} to {to}");
        bar.inc_length(times.len() as u64 * (plan.branches + plan.futures));
        let mut truth = Self { branches: plan.branches, ..Self::default() };
        for mut landmark in simulation.landmarks(&times)? {
            landmark.sample(plan.accounts);
            truth.append(Self::at_landmark(&landmark, plan, bar));
        }
        ensure!(!truth.forecasts.is_empty(), "no account had a loan at any landmark");
        Ok(truth)
    }

    fn at_landmark(landmark: &Landmark, plan: &TruthPlan, bar: &ProgressBar) -> Self {
        let horizon_days = plan.horizon_days;
        let edges = edges_days().map(|edge| edge.min(horizon_days));
        let advance = |futures| bar.inc(futures);
        let incidences = landmark.incidences(0..plan.branches, &edges[1..], advance);
        let forecast = |(account, incidence)| to_forecast(landmark, account, incidence);
        let forecasts: Vec<_> = landmark.accounts().iter().zip(&incidences).map(forecast).collect();
        let numbers = plan.branches..plan.branches + plan.futures;
        let futures = landmark.futures(numbers, (horizon_days * 24.0) as usize, advance);
        let outcomes = |row: usize| -> Vec<Outcome> {
            futures.iter().map(|outcomes| to_outcome(outcomes[row], horizon_days)).collect()
        };
        Self {
            outcomes: (0..forecasts.len()).map(outcomes).collect(),
            first_future: vec![0; forecasts.len()],
            futures: plan.futures as u32,
            landmarks: 1,
            branches: plan.branches,
            forecasts,
        }
    }

    /// True forecasts that were estimated before.
    pub(crate) fn from_forecasts(forecasts: Vec<Forecast>) -> Self {
        let rows = forecasts.len();
        let outcomes = vec![Vec::new(); rows];
        Self { forecasts, outcomes, first_future: vec![0; rows], ..Self::default() }
    }

    /// Appends the rows of other landmarks.
    pub(crate) fn append(&mut self, other: Self) {
        self.forecasts.extend(other.forecasts);
        self.outcomes.extend(other.outcomes);
        self.first_future.extend(other.first_future.iter().map(|first| first + self.futures));
        self.futures += other.futures;
        self.landmarks += other.landmarks;
        self.branches = other.branches;
    }

    /// The true forecasts.
    pub(crate) fn forecasts(&self) -> &[Forecast] {
        &self.forecasts
    }

    /// Removes accounts without an observation in the lake: their debt was too small for one.
    ///
    /// # Errors
    /// If none is left.
    pub(crate) fn retain_observed(&mut self, observations: &Observations) -> anyhow::Result<()> {
        let index = row_index(observations);
        let observed = |forecast: &Forecast| index.contains_key(&row_key(forecast));
        let keep: Vec<bool> = self.forecasts.iter().map(observed).collect();
        retain(&mut self.forecasts, &keep);
        retain(&mut self.outcomes, &keep);
        retain(&mut self.first_future, &keep);
        let any = !self.forecasts.is_empty();
        any.then_some(()).context("the lake has no observations at midnight: run `features`")
    }
}

fn retain<T>(column: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    column.retain(|_| *keep.next().expect("one flag a row"));
}

fn to_forecast(
    landmark: &Landmark,
    account: &AccountSnapshot,
    incidence: &TrueIncidence,
) -> Forecast {
    let curve = |values: &[f64]| std::array::from_fn(|edge| values[edge]);
    let (liquidated, closed) = (curve(&incidence.liquidated), curve(&incidence.closed));
    Forecast {
        health_factor: Some(account.health_factor),
        debt_usd: Some(account.debt_usd),
        ..Forecast::new(account.account.clone(), landmark.time(), liquidated, closed)
    }
}

fn to_outcome(outcome: SimulatedOutcome, follow_up_days: f64) -> Outcome {
    let (duration_days, event) = match outcome {
        SimulatedOutcome::Open => (follow_up_days, OPEN),
        SimulatedOutcome::Liquidated(days) => (days, LIQUIDATED),
        SimulatedOutcome::Closed(days) => (days, CLOSED),
    };
    Outcome { duration_days, event, follow_up_days }
}
