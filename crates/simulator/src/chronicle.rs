//! What is kept of a borrower's life.

use super::asset::AssetIndex;

/// One thing that happened, in smallest units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Event {
    pub(super) tick: u32,
    pub(super) borrower: u32,
    pub(super) deed: Deed,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Deed {
    /// Collateral came in.
    Deposit(Moved),
    /// Collateral went out to its owner.
    Withdraw(Moved),
    /// Debt was drawn.
    Borrow(Moved),
    /// Debt was paid back.
    Repay(Moved),
    /// An asset counts as collateral, or no longer.
    Pledge(AssetIndex, bool),
    /// The account entered an efficiency mode; 0 is none.
    Emode(u32),
    /// Collateral was seized against debt.
    Liquidation {
        /// Collateral that went.
        seized: Moved,
        /// Debt that was covered.
        covered: Moved,
        /// Who did it.
        liquidator: u32,
    },
    /// Debt that nothing secures any more was written off.
    BadDebt(Moved),
}

/// An amount that moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Moved {
    pub(super) asset: AssetIndex,
    /// Smallest units, never negative.
    pub(super) amount: i128,
    /// The same scaled down by the interest index.
    pub(super) scaled: i128,
}

/// How the risk of a liquidation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Liquidated.
    Liquidated,
    /// Closed by the owner.
    Closed,
}

/// Who keeps what of a life.
pub(super) trait Chronicle {
    /// Something happened.
    fn note(&mut self, event: Event);

    /// The risk ended.
    fn end(&mut self, tick: usize, end: End);

    /// Whether what comes after is of no interest.
    fn is_complete(&self) -> bool;
}

/// Keeps every event.
#[derive(Debug, Default)]
pub(super) struct Annals(pub(super) Vec<Event>);

impl Chronicle for Annals {
    fn note(&mut self, event: Event) {
        self.0.push(event);
    }

    fn end(&mut self, _: usize, _: End) {}

    fn is_complete(&self) -> bool {
        false
    }
}

/// Keeps when and how the risk first ended.
#[derive(Debug, Default)]
pub(super) struct FirstEnd(pub(super) Option<(usize, End)>);

impl Chronicle for FirstEnd {
    fn note(&mut self, _: Event) {}

    fn end(&mut self, tick: usize, end: End) {
        self.0.get_or_insert((tick, end));
    }

    fn is_complete(&self) -> bool {
        self.0.is_some()
    }
}
