//! A complete history: one path of the environment, and the events of every borrower along it.

use std::hash::{Hash, Hasher};

use plimsoll_lake::hex;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::borrower::Borrower;
use crate::clock::{TICKS_PER_DAY, TICKS_PER_HOUR};
use crate::environment::{Environment, MarketPath};
use crate::events::{Event, EventLog};
use crate::random::RandomStream;
use crate::simulation::Simulation;

/// A simulated history.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) path: MarketPath,
    /// Events ordered by tick and borrower.
    pub(crate) events: Vec<Event>,
}

impl Simulation {
    /// Ticks of history.
    pub(crate) const fn ticks(&self) -> usize {
        self.days as usize * TICKS_PER_DAY
    }

    /// Hours of history.
    pub(crate) const fn hours(&self) -> usize {
        self.ticks() / TICKS_PER_HOUR
    }

    /// Simulates the history; `on_borrower_done` is called with the number of each finished
    /// borrower.
    pub(crate) fn run_history(&self, on_borrower_done: impl Fn(u32) + Sync) -> History {
        let mut path = MarketPath::with_oracle_answers();
        let mut rng = RandomStream::Environment.rng(self.seed);
        Environment::new(self.scenario).advance(self.hours(), &mut rng, &mut path);
        let simulate_borrower = |number: u32| {
            let mut rng = RandomStream::Borrower(number).rng(self.seed);
            let mut event_log = EventLog::default();
            let mut borrower = Borrower::sample(number, self.ticks(), &mut rng);
            borrower.run_until(&path, path.end_tick(), &mut rng, &mut event_log);
            on_borrower_done(number);
            event_log.0
        };
        let mut events: Vec<Event> =
            (0..self.accounts).into_par_iter().flat_map_iter(simulate_borrower).collect();
        // The sort is stable: a borrower's events within a tick keep their order.
        events.par_sort_by_key(|event| (event.tick, event.borrower));
        History { path, events }
    }
}

impl History {
    /// The events from one tick to another, both included.
    pub(crate) fn events_between(&self, from: usize, to: usize) -> &[Event] {
        let position =
            |tick: usize| self.events.partition_point(|event| (event.tick as usize) < tick);
        &self.events[position(from)..position(to + 1)]
    }

    /// SHA-256 of all events and oracle prices, in hex. A later version of this program must
    /// reproduce it to compute true probabilities for this history.
    pub(crate) fn digest(&self) -> String {
        let mut hash = Sha256Hasher(Sha256::new());
        self.events.hash(&mut hash);
        let answers = self.path.oracle_answers.iter().flatten();
        answers.for_each(|answer| answer.price.to_bits().hash(&mut hash));
        hex(hash.0.finalize())
    }
}

/// A [`Hasher`] that passes all bytes to SHA-256.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("the content is read off the inner hash")
    }
}
