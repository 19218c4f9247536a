//! A borrower: an owner of some temper, and the position that is looked after.

mod decisions;
mod entry;
mod life;
mod liquidation;
mod owner;
mod position;

pub(super) use liquidation::{POOL_FEE_RATE, pool_reserve_usd};
use position::Position;

use super::environment::MarketPath;
use super::random::Rng;
use owner::OwnerProfile;

/// Most that an owner borrows of what rules allow.
const MAX_BORROWED_SHARE: f64 = 0.985;

/// One borrower at one tick.
#[derive(Debug, Clone)]
pub(super) struct Borrower {
    pub(super) number: u32,
    profile: OwnerProfile,
    pub(super) position: Position,
    stage: LoanStage,
}

/// Where in life a borrower is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum LoanStage {
    /// Comes, or comes back, at this tick.
    Away {
        /// The tick.
        until_tick: usize,
    },
    /// Has a loan.
    Borrowing,
    /// Will not come back.
    Exited,
}

/// A borrower and what the world looks like to one.
struct SimContext<'a, C> {
    path: &'a MarketPath,
    end_tick: usize,
    rng: &'a mut Rng,
    events: &'a mut C,
    tick: usize,
}

impl Borrower {
    /// Whether there is a loan.
    pub(super) fn is_borrowing(&self) -> bool {
        self.stage == LoanStage::Borrowing
    }
}
