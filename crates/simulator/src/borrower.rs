//! A borrower: an owner of some temper, and the position that is looked after.

mod decisions;
mod entry;
mod life;
mod liquidation;
mod owner;
mod position;

pub(super) use liquidation::{POOL_FEE, reserve_usd};
use position::Position;

use super::environment::Path;
use super::random::Rng;
use owner::Owner;

/// Most that an owner borrows of what rules allow.
const CAUTION: f64 = 0.985;

/// One borrower at one tick.
#[derive(Debug, Clone)]
pub(super) struct Borrower {
    pub(super) number: u32,
    owner: Owner,
    pub(super) position: Position,
    stage: Stage,
}

/// Where in life a borrower is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    /// Comes, or comes back, at this tick.
    Away {
        /// The tick.
        until: usize,
    },
    /// Has a loan.
    Borrowing,
    /// Will not come back.
    Gone,
}

/// A borrower and what the world looks like to one.
struct Scene<'a, C> {
    path: &'a Path,
    until: usize,
    rng: &'a mut Rng,
    chronicle: &'a mut C,
    tick: usize,
}

impl Borrower {
    /// Whether there is a loan.
    pub(super) fn is_borrowing(&self) -> bool {
        self.stage == Stage::Borrowing
    }
}
