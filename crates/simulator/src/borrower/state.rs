//! The state of a borrower, and the inputs of a borrower's actions.

use super::owner::OwnerProfile;
use super::position::Position;
use crate::environment::MarketPath;
use crate::random::Rng;

/// Largest share of the borrow capacity that an owner uses.
pub(super) const MAX_BORROWED_SHARE: f64 = 0.985;

/// One borrower at one tick.
#[derive(Debug, Clone)]
pub(crate) struct Borrower {
    pub(crate) number: u32,
    pub(super) profile: OwnerProfile,
    pub(crate) position: Position,
    pub(super) stage: LoanStage,
}

/// The stage of a borrower's loan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum LoanStage {
    /// Opens a loan, the first or a later one, at this tick.
    Away {
        /// The tick.
        until_tick: usize,
    },
    /// Has a loan.
    Borrowing,
    /// Will not borrow again.
    Exited,
}

/// The inputs of a borrower's actions: the market's path, random numbers, and the sink of events.
pub(super) struct SimContext<'a, C> {
    pub(super) path: &'a MarketPath,
    pub(super) end_tick: usize,
    pub(super) rng: &'a mut Rng,
    pub(super) events: &'a mut C,
    pub(super) tick: usize,
}

impl Borrower {
    /// Whether the borrower has a loan.
    pub(crate) fn is_borrowing(&self) -> bool {
        self.stage == LoanStage::Borrowing
    }
}
