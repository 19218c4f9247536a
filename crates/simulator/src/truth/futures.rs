//! Simulation of futures from a landmark.

use std::ops::Range;

use rayon::prelude::*;

use super::landmark::Landmark;
use super::smoothing::smooth_incidence;
use crate::borrower::Borrower;
use crate::clock::{HOURS_PER_DAY, TICK_S};
use crate::environment::MarketPath;
use crate::events::{ExitCause, FirstExit};
use crate::random::RandomStream;

/// Futures per parallel task.
const FUTURES_PER_TASK: u64 = 32;

/// The outcome of an account in one future.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SimulatedOutcome {
    /// Still open at the end of the horizon.
    Open,
    /// Liquidated after this many days.
    Liquidated(f64),
    /// Closed by its owner after this many days.
    Closed(f64),
}

/// An account's true cumulative incidences at each edge of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct TrueIncidence {
    /// Cumulative incidence of liquidation.
    pub liquidated: Vec<f64>,
    /// Cumulative incidence of closing by the owner.
    pub closed: Vec<f64>,
}

/// Numbers of futures in which an account was liquidated, and closed, by each edge of a grid.
#[derive(Debug, Clone)]
struct OutcomeCounts {
    liquidated: Vec<u64>,
    closed: Vec<u64>,
}

impl Landmark {
    /// The outcome of each account in one future, up to a horizon. The future of a number is always
    /// the same; none equals the history.
    fn run_future(
        &self,
        number: u64,
        horizon_hours: usize,
        path: &mut MarketPath,
    ) -> Vec<SimulatedOutcome> {
        let (seed, from) = (self.simulation.seed, self.environment.tick());
        let mut rng = RandomStream::Future { from, number }.rng(seed);
        self.environment.clone().advance(horizon_hours, &mut rng, path);
        let outcome = |borrower: &Borrower| {
            let borrower_rng =
                RandomStream::FutureBorrower { from, number, borrower: borrower.number };
            let mut end = FirstExit::default();
            borrower.clone().run_until(
                path,
                path.end_tick(),
                &mut borrower_rng.rng(seed),
                &mut end,
            );
            let days = |tick: usize| ((tick - from) * TICK_S) as f64 / 86_400.0;
            match end.0 {
                None => SimulatedOutcome::Open,
                Some((tick, ExitCause::Liquidated)) => SimulatedOutcome::Liquidated(days(tick)),
                Some((tick, ExitCause::Closed)) => SimulatedOutcome::Closed(days(tick)),
            }
        };
        self.borrowers.iter().map(outcome).collect()
    }

    /// The outcome of each account in many futures, up to a horizon: by future, then by account.
    ///
    /// `on_done` is called repeatedly with the number of further finished futures.
    #[must_use]
    pub fn futures(
        &self,
        numbers: Range<u64>,
        horizon_hours: usize,
        on_done: impl Fn(u64) + Sync,
    ) -> Vec<Vec<SimulatedOutcome>> {
        let run = |path: &mut MarketPath, number| {
            on_done(1);
            self.run_future(number, horizon_hours, path)
        };
        numbers.into_par_iter().map_init(MarketPath::default, run).collect()
    }

    /// The true cumulative incidences of each account at the edges of a grid, days, estimated from
    /// simulated futures. They are smoothed so that no probability is zero by chance and sums over
    /// accounts are unchanged.
    #[must_use]
    pub fn incidences(
        &self,
        numbers: Range<u64>,
        edges_days: &[f64],
        on_done: impl Fn(u64) + Sync,
    ) -> Vec<TrueIncidence> {
        let futures = numbers.end.saturating_sub(numbers.start) as f64;
        let tallies = self.count_outcomes(numbers, edges_days, on_done);
        let column = |counts: fn(&OutcomeCounts) -> &Vec<u64>| {
            smooth_incidence(&tallies.iter().map(counts).collect::<Vec<_>>(), futures)
        };
        let liquidated = column(|tally| &tally.liquidated);
        let closed = column(|tally| &tally.closed);
        let both = liquidated.into_iter().zip(closed);
        both.map(|(liquidated, closed)| TrueIncidence { liquidated, closed }).collect()
    }

    fn count_outcomes(
        &self,
        futures: Range<u64>,
        edges_days: &[f64],
        on_done: impl Fn(u64) + Sync,
    ) -> Vec<OutcomeCounts> {
        let last = edges_days.last().copied().unwrap_or(0.0);
        let horizon_hours = (last * HOURS_PER_DAY as f64).ceil() as usize;
        let tasks: Vec<u64> = futures.clone().step_by(FUTURES_PER_TASK as usize).collect();
        let zero_counts = || vec![OutcomeCounts::zero(edges_days.len()); self.borrowers.len()];
        let task = |path: &mut MarketPath, first: u64| {
            let mut counts = zero_counts();
            let numbers = first..futures.end.min(first + FUTURES_PER_TASK);
            for number in numbers.clone() {
                let outcomes = self.run_future(number, horizon_hours, path);
                counts
                    .iter_mut()
                    .zip(outcomes)
                    .for_each(|(tally, outcome)| tally.add(outcome, edges_days));
            }
            on_done(numbers.end - numbers.start);
            counts
        };
        let sum = |mut a: Vec<OutcomeCounts>, b: Vec<OutcomeCounts>| {
            a.iter_mut().zip(&b).for_each(|(a, b)| a.merge(b));
            a
        };
        tasks.into_par_iter().map_init(MarketPath::default, task).reduce(zero_counts, sum)
    }
}

impl OutcomeCounts {
    fn zero(edges: usize) -> Self {
        Self { liquidated: vec![0; edges], closed: vec![0; edges] }
    }

    fn add(&mut self, outcome: SimulatedOutcome, edges_days: &[f64]) {
        let (counts, days) = match outcome {
            SimulatedOutcome::Open => return,
            SimulatedOutcome::Liquidated(days) => (&mut self.liquidated, days),
            SimulatedOutcome::Closed(days) => (&mut self.closed, days),
        };
        let first = edges_days.partition_point(|&edge| edge < days);
        counts[first..].iter_mut().for_each(|count| *count += 1);
    }

    fn merge(&mut self, other: &Self) {
        let both = [(&mut self.liquidated, &other.liquidated), (&mut self.closed, &other.closed)];
        for (own, other) in both {
            own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        }
    }
}
