//! A whole history: one path of the environment, and every borrower's life along it.

use std::hash::{Hash, Hasher};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::borrower::Borrower;
use super::chronicle::{Event, EventLog};
use super::clock::{TICKS_PER_DAY, TICKS_PER_HOUR};
use super::environment::{Environment, MarketPath};
use super::options::Simulation;
use super::random::RandomStream;

/// A simulated history.
#[derive(Debug)]
pub(super) struct History {
    pub(super) path: MarketPath,
    /// Events in order of tick and borrower.
    pub(super) events: Vec<Event>,
}

impl Simulation {
    /// Ticks of history.
    pub(super) const fn ticks(&self) -> usize {
        self.days as usize * TICKS_PER_DAY
    }

    /// Hours of history.
    pub(super) const fn hours(&self) -> usize {
        self.ticks() / TICKS_PER_HOUR
    }

    /// Lives through it all; `lived` is called with the number of each borrower who is done.
    pub(super) fn run_history(&self, lived: impl Fn(u32) + Sync) -> History {
        let mut path = MarketPath::with_oracle_updates();
        let mut rng = RandomStream::Environment.rng(self.seed);
        Environment::new(self.scenario).advance(self.hours(), &mut rng, &mut path);
        let life = |number: u32| {
            let mut rng = RandomStream::Borrower(number).rng(self.seed);
            let mut annals = EventLog::default();
            let mut borrower = Borrower::sample(number, self.ticks(), &mut rng);
            borrower.run_until(&path, path.end_tick(), &mut rng, &mut annals);
            lived(number);
            annals.0
        };
        let mut events: Vec<Event> =
            (0..self.accounts).into_par_iter().flat_map_iter(life).collect();
        // Stable: a borrower's events within a tick stay in their order.
        events.par_sort_by_key(|event| (event.tick, event.borrower));
        History { path, events }
    }
}

impl History {
    /// The events of some ticks.
    pub(super) fn events_between(&self, from: usize, to: usize) -> &[Event] {
        let place = |tick: usize| self.events.partition_point(|event| (event.tick as usize) < tick);
        &self.events[place(from)..place(to + 1)]
    }

    /// SHA-256 over all that happened, in hex: what a later version of this program must repeat to
    /// tell the truth about this history.
    pub(super) fn digest(&self) -> String {
        let mut hash = Sha256Hasher(Sha256::new());
        self.events.hash(&mut hash);
        let updates = self.path.oracle_updates.iter().flatten();
        updates.for_each(|update| update.price.to_bits().hash(&mut hash));
        hash.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Feeds whatever is hashed into SHA-256.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("the content is read off the inner hash")
    }
}
