//! What is kept of a borrower's life.

use super::asset::AssetIndex;

/// One thing that happened, in smallest units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Event {
    pub(super) tick: u32,
    pub(super) borrower: u32,
    pub(super) action: Action,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Action {
    /// Collateral came in.
    Deposit(AssetAmount),
    /// Collateral went out to its owner.
    Withdraw(AssetAmount),
    /// Debt was drawn.
    Borrow(AssetAmount),
    /// Debt was paid back.
    Repay(AssetAmount),
    /// An asset counts as collateral, or no longer.
    UseAsCollateral(AssetIndex, bool),
    /// The account entered an efficiency mode; 0 is none.
    SetEmode(u32),
    /// Collateral was seized against debt.
    Liquidation {
        /// Collateral that went.
        seized: AssetAmount,
        /// Debt that was covered.
        covered: AssetAmount,
        /// Who did it.
        liquidator: u32,
    },
    /// Debt that nothing secures any more was written off.
    BadDebt(AssetAmount),
}

/// An amount that moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct AssetAmount {
    pub(super) asset: AssetIndex,
    /// Smallest units, never negative.
    pub(super) amount: i128,
    /// The same scaled down by the interest index.
    pub(super) scaled: i128,
}

/// How the risk of a liquidation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExitCause {
    /// Liquidated.
    Liquidated,
    /// Closed by the owner.
    Closed,
}

/// Who keeps what of a life.
pub(super) trait EventSink {
    /// Something happened.
    fn record(&mut self, event: Event);

    /// The risk ended.
    fn record_exit(&mut self, tick: usize, end: ExitCause);

    /// Whether what comes after is of no interest.
    fn is_complete(&self) -> bool;
}

/// Keeps every event.
#[derive(Debug, Default)]
pub(super) struct EventLog(pub(super) Vec<Event>);

impl EventSink for EventLog {
    fn record(&mut self, event: Event) {
        self.0.push(event);
    }

    fn record_exit(&mut self, _: usize, _: ExitCause) {}

    fn is_complete(&self) -> bool {
        false
    }
}

/// Keeps when and how the risk first ended.
#[derive(Debug, Default)]
pub(super) struct FirstExit(pub(super) Option<(usize, ExitCause)>);

impl EventSink for FirstExit {
    fn record(&mut self, _: Event) {}

    fn record_exit(&mut self, tick: usize, end: ExitCause) {
        self.0.get_or_insert((tick, end));
    }

    fn is_complete(&self) -> bool {
        self.0.is_some()
    }
}
