//! Futures that branch from a landmark.

use std::ops::Range;

use rayon::prelude::*;

use super::Landmark;
use crate::borrower::Borrower;
use crate::chronicle::{End, FirstEnd};
use crate::clock::TICK_S;
use crate::environment::Path;
use crate::random::Stream;
use crate::smoothing::smooth;

/// Futures that one task lives through before it hands in what it counted.
const FUTURES_IN_A_TASK: u64 = 32;
const HOURS_PER_DAY: f64 = 24.0;

/// What became of an account in one future.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    /// Still open at the end of the horizon.
    Open,
    /// Liquidated after so many days.
    Liquidated(f64),
    /// Closed by its owner after so many days.
    Closed(f64),
}

/// An account's true cumulative incidences by each edge of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Incidences {
    /// Of being liquidated.
    pub liquidated: Vec<f64>,
    /// Of being closed by the owner.
    pub closed: Vec<f64>,
}

/// Futures in which an account was liquidated, and closed, by each edge of a grid.
#[derive(Debug, Clone)]
struct Tally {
    liquidated: Vec<u64>,
    closed: Vec<u64>,
}

impl Landmark {
    /// What becomes of each account in one future, up to a horizon. A number's future is always the
    /// same; that which the history took has none.
    fn live(&self, number: u64, horizon_hours: usize, path: &mut Path) -> Vec<Fate> {
        let (seed, from) = (self.simulation.seed, self.environment.tick());
        let mut rng = Stream::Future { from, number }.rng(seed);
        self.environment.clone().advance(horizon_hours, &mut rng, path);
        let fate = |borrower: &Borrower| {
            let borrower_rng = Stream::FutureBorrower { from, number, borrower: borrower.number };
            let mut end = FirstEnd::default();
            borrower.clone().live(path, path.until(), &mut borrower_rng.rng(seed), &mut end);
            let days = |tick: usize| ((tick - from) * TICK_S) as f64 / 86_400.0;
            match end.0 {
                None => Fate::Open,
                Some((tick, End::Liquidated)) => Fate::Liquidated(days(tick)),
                Some((tick, End::Closed)) => Fate::Closed(days(tick)),
            }
        };
        self.borrowers.iter().map(fate).collect()
    }

    /// What becomes of each account in many futures, up to a horizon: by future, then by account.
    ///
    /// `lived` is called now and then with how many more futures are done.
    #[must_use]
    pub fn futures(
        &self,
        numbers: Range<u64>,
        horizon_hours: usize,
        lived: impl Fn(u64) + Sync,
    ) -> Vec<Vec<Fate>> {
        let live = |path: &mut Path, number| {
            lived(1);
            self.live(number, horizon_hours, path)
        };
        numbers.into_par_iter().map_init(Path::default, live).collect()
    }

    /// The true cumulative incidences of each account at the edges of a grid, days, as far as so
    /// many futures tell; smoothed so that nothing is impossible because it was not seen, and so that
    /// sums over accounts stay the same.
    #[must_use]
    pub fn incidences(
        &self,
        numbers: Range<u64>,
        edges_days: &[f64],
        lived: impl Fn(u64) + Sync,
    ) -> Vec<Incidences> {
        let futures = numbers.end.saturating_sub(numbers.start) as f64;
        let tallies = self.tally(numbers, edges_days, lived);
        let column = |counts: fn(&Tally) -> &Vec<u64>| {
            smooth(&tallies.iter().map(counts).collect::<Vec<_>>(), futures)
        };
        let liquidated = column(|tally| &tally.liquidated);
        let closed = column(|tally| &tally.closed);
        let both = liquidated.into_iter().zip(closed);
        both.map(|(liquidated, closed)| Incidences { liquidated, closed }).collect()
    }

    fn tally(
        &self,
        futures: Range<u64>,
        edges_days: &[f64],
        lived: impl Fn(u64) + Sync,
    ) -> Vec<Tally> {
        let last = edges_days.last().copied().unwrap_or(0.0);
        let horizon_hours = (last * HOURS_PER_DAY).ceil() as usize;
        let tasks: Vec<u64> = futures.clone().step_by(FUTURES_IN_A_TASK as usize).collect();
        let none = || vec![Tally::none(edges_days.len()); self.borrowers.len()];
        let task = |path: &mut Path, first: u64| {
            let mut counted = none();
            let numbers = first..futures.end.min(first + FUTURES_IN_A_TASK);
            for number in numbers.clone() {
                let fates = self.live(number, horizon_hours, path);
                counted.iter_mut().zip(fates).for_each(|(tally, fate)| tally.add(fate, edges_days));
            }
            lived(numbers.end - numbers.start);
            counted
        };
        let sum = |mut a: Vec<Tally>, b: Vec<Tally>| {
            a.iter_mut().zip(&b).for_each(|(a, b)| a.join(b));
            a
        };
        tasks.into_par_iter().map_init(Path::default, task).reduce(none, sum)
    }
}

impl Tally {
    fn none(edges: usize) -> Self {
        Self { liquidated: vec![0; edges], closed: vec![0; edges] }
    }

    fn add(&mut self, fate: Fate, edges_days: &[f64]) {
        let (counts, days) = match fate {
            Fate::Open => return,
            Fate::Liquidated(days) => (&mut self.liquidated, days),
            Fate::Closed(days) => (&mut self.closed, days),
        };
        let first = edges_days.partition_point(|&edge| edge < days);
        counts[first..].iter_mut().for_each(|count| *count += 1);
    }

    fn join(&mut self, other: &Self) {
        let both = [(&mut self.liquidated, &other.liquidated), (&mut self.closed, &other.closed)];
        for (mine, theirs) in both {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
    }
}
