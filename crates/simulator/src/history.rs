//! A whole history: one path of the environment, and every borrower's life along it.

use std::hash::{Hash, Hasher};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::borrower::Borrower;
use super::chronicle::{Annals, Event};
use super::clock::{DAY, HOUR};
use super::environment::{Environment, Path};
use super::options::Simulation;
use super::random::Stream;

/// A simulated history.
#[derive(Debug)]
pub(super) struct History {
    pub(super) path: Path,
    /// Events in order of tick and borrower.
    pub(super) events: Vec<Event>,
}

impl Simulation {
    /// Ticks of history.
    pub(super) const fn ticks(&self) -> usize {
        self.days as usize * DAY
    }

    /// Hours of history.
    pub(super) const fn hours(&self) -> usize {
        self.ticks() / HOUR
    }

    /// Lives through it all; `lived` is called with the number of each borrower who is done.
    pub(super) fn live(&self, lived: impl Fn(u32) + Sync) -> History {
        let mut path = Path::recorded();
        let mut rng = Stream::Environment.rng(self.seed);
        Environment::new(self.scenario).advance(self.hours(), &mut rng, &mut path);
        let life = |number: u32| {
            let mut rng = Stream::Borrower(number).rng(self.seed);
            let mut annals = Annals::default();
            let mut borrower = Borrower::draw(number, self.ticks(), &mut rng);
            borrower.live(&path, path.until(), &mut rng, &mut annals);
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
    pub(super) fn between(&self, from: usize, to: usize) -> &[Event] {
        let place = |tick: usize| self.events.partition_point(|event| (event.tick as usize) < tick);
        &self.events[place(from)..place(to + 1)]
    }

    /// SHA-256 over all that happened, in hex: what a later version of this program must repeat to
    /// tell the truth about this history.
    pub(super) fn digest(&self) -> String {
        let mut hash = Content(Sha256::new());
        self.events.hash(&mut hash);
        let updates = self.path.updates.iter().flatten();
        updates.for_each(|update| update.price.to_bits().hash(&mut hash));
        hash.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Feeds whatever is hashed into SHA-256.
struct Content(Sha256);

impl Hasher for Content {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("the content is read off the inner hash")
    }
}
