//! The truth about a simulated market, and how near forecasts come to it.

mod comparison;

use std::collections::HashMap;

use anyhow::Context;
use chrono::{DateTime, Days, NaiveTime, Utc};
use indicatif::ProgressBar;
use plimsoll_features::{CLOSED, LIQUIDATED, OPEN, Observations, Outcome};
use plimsoll_lake::tables::Forecast;
use plimsoll_model::{INTERVALS, edges_days};
use plimsoll_simulator::{Landmark, SimulatedOutcome, Simulation};

pub(crate) use comparison::TruthComparison;

/// The end of the forecasts' grid, days.
pub(crate) const HORIZON_DAYS: f64 = edges_days()[INTERVALS];

/// Which truths to tell, and by how many futures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TruthPlan {
    /// The first landmark is the first midnight from here on.
    pub(crate) from: DateTime<Utc>,
    /// Landmarks lie before this time.
    pub(crate) to: DateTime<Utc>,
    /// Days between landmarks.
    pub(crate) every_days: u32,
    /// Accounts looked at, at each landmark.
    pub(crate) accounts: usize,
    /// Futures that tell the truth, at each landmark.
    pub(crate) branches: u64,
    /// Futures that score it, at each landmark.
    pub(crate) futures: u64,
    /// How far futures go, days: beyond it, forecasts stay as they are and nothing is scored.
    pub(crate) horizon_days: f64,
}

/// True forecasts, and what became of the same accounts in further futures.
#[derive(Debug, Default)]
pub(crate) struct SimulatedTruth {
    forecasts: Vec<Forecast>,
    /// Each row's outcomes, in order of the futures.
    outcomes: Vec<Vec<Outcome>>,
    /// The number of each row's first future, no two landmarks having one in common.
    first_future: Vec<u32>,
    futures: u32,
    landmarks: usize,
    branches: u64,
}

impl TruthPlan {
    fn midnights(&self, simulation: &Simulation) -> Vec<DateTime<Utc>> {
        let end = Simulation::START + Days::new(simulation.days.into());
        let midnight = self.from.date_naive().and_time(NaiveTime::MIN).and_utc();
        let first = if midnight < self.from { midnight + Days::new(1) } else { midnight };
        let step = |n: u64| first + Days::new(n * u64::from(self.every_days));
        let within = |time: &DateTime<Utc>| *time < self.to && *time <= end;
        (0..).map(step).take_while(within).filter(|time| *time > Simulation::START).collect()
    }
}

impl SimulatedTruth {
    /// Finds the truth out.
    ///
    /// # Errors
    /// If no landmark lies in the plan's span, or nobody had a loan at any.
    pub(crate) fn simulate(
        simulation: &Simulation,
        plan: &TruthPlan,
        bar: &ProgressBar,
    ) -> anyhow::Result<Self> {
        let times = plan.midnights(simulation);
        let (from, to) = (plan.from, plan.to);
        anyhow::ensure!(!times.is_empty(), "no midnight of the history from {from} to {to}");
        bar.inc_length(times.len() as u64 * (plan.branches + plan.futures));
        let mut known = Self { branches: plan.branches, ..Self::default() };
        for mut landmark in simulation.landmarks(&times)? {
            landmark.sample(plan.accounts);
            known.append(Self::at_landmark(&landmark, plan, bar));
        }
        anyhow::ensure!(!known.forecasts.is_empty(), "nobody had a loan at any landmark");
        Ok(known)
    }

    fn at_landmark(landmark: &Landmark, plan: &TruthPlan, bar: &ProgressBar) -> Self {
        let horizon_days = plan.horizon_days;
        let edges = edges_days().map(|edge| edge.min(horizon_days));
        let lived = |futures| bar.inc(futures);
        let incidences = landmark.incidences(0..plan.branches, &edges[1..], lived);
        let curve = |values: &[f64]| std::array::from_fn(|edge| values[edge]);
        let forecast = |(standing, incidences): (&_, &_)| {
            let plimsoll_simulator::AccountSnapshot { account, health_factor, debt_usd } = standing;
            let plimsoll_simulator::TrueIncidence { liquidated, closed } = incidences;
            let (liquidated, closed) = (curve(liquidated), curve(closed));
            Forecast {
                health_factor: Some(*health_factor),
                debt_usd: Some(*debt_usd),
                ..Forecast::new(account.clone(), landmark.time(), liquidated, closed)
            }
        };
        let forecasts: Vec<_> = landmark.accounts().iter().zip(&incidences).map(forecast).collect();
        let numbers = plan.branches..plan.branches + plan.futures;
        let futures = landmark.futures(numbers, (horizon_days * 24.0) as usize, lived);
        let outcomes = |row: usize| -> Vec<Outcome> {
            futures.iter().map(|fates| to_outcome(fates[row], horizon_days)).collect()
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

    /// True forecasts that were found out before.
    pub(crate) fn from_forecasts(forecasts: Vec<Forecast>) -> Self {
        let rows = forecasts.len();
        let outcomes = vec![Vec::new(); rows];
        Self { forecasts, outcomes, first_future: vec![0; rows], ..Self::default() }
    }

    /// Adds what is known of other landmarks.
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

    /// Passes over accounts that the lake has no observation of: they had no debt worth one.
    ///
    /// # Errors
    /// If none is left.
    pub(crate) fn retain_observed(&mut self, observations: &Observations) -> anyhow::Result<()> {
        let places = row_index(observations);
        let observed = |forecast: &Forecast| places.contains_key(&row_key(forecast));
        let keep: Vec<bool> = self.forecasts.iter().map(observed).collect();
        fn retain<T>(column: &mut Vec<T>, keep: &[bool]) {
            let mut keep = keep.iter();
            column.retain(|_| *keep.next().expect("one verdict a row"));
        }
        retain(&mut self.forecasts, &keep);
        retain(&mut self.outcomes, &keep);
        retain(&mut self.first_future, &keep);
        let any = !self.forecasts.is_empty();
        any.then_some(()).context("the lake has no observations at midnight: run `features`")
    }
}

/// Each observation's place, by account and second.
fn row_index(observations: &Observations) -> HashMap<(&str, i64), usize> {
    let account =
        |row: usize| observations.account_ids[observations.account_index[row] as usize].as_str();
    (0..observations.len()).map(|row| ((account(row), observations.time_s[row]), row)).collect()
}

fn row_key(forecast: &Forecast) -> (&str, i64) {
    (&forecast.account, forecast.time.timestamp())
}

fn to_outcome(fate: SimulatedOutcome, follow_up_days: f64) -> Outcome {
    let (duration_days, event) = match fate {
        SimulatedOutcome::Open => (follow_up_days, OPEN),
        SimulatedOutcome::Liquidated(days) => (days, LIQUIDATED),
        SimulatedOutcome::Closed(days) => (days, CLOSED),
    };
    Outcome { duration_days, event, follow_up_days }
}
