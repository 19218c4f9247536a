//! Events of a borrower and the sinks that record them.

use crate::asset::AssetIndex;

/// One action of or on an account, with amounts in smallest units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Event {
    pub(crate) tick: u32,
    pub(crate) borrower: u32,
    pub(crate) action: Action,
}

/// The kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// Collateral was deposited.
    Deposit(BalanceMovement),
    /// Collateral was withdrawn by its owner.
    Withdraw(BalanceMovement),
    /// Debt was borrowed.
    Borrow(BalanceMovement),
    /// Debt was repaid.
    Repay(BalanceMovement),
    /// An asset was enabled or disabled as collateral.
    UseAsCollateral(AssetIndex, bool),
    /// The account entered an efficiency mode; 0 is none.
    SetEmode(u32),
    /// Collateral was seized for repaid debt.
    Liquidation {
        /// Seized collateral.
        seized: BalanceMovement,
        /// Repaid debt.
        covered: BalanceMovement,
        /// Number of the liquidator.
        liquidator: u32,
    },
    /// Debt without collateral was written off.
    BadDebt(BalanceMovement),
}

/// An amount by which a balance changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct BalanceMovement {
    pub(crate) asset: AssetIndex,
    /// Smallest units, never negative.
    pub(crate) amount: i128,
    /// The amount divided by the interest index.
    pub(crate) scaled: i128,
}

/// The cause by which an account leaves the risk set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitCause {
    /// Liquidated.
    Liquidated,
    /// Closed by the owner.
    Closed,
}

/// A recorder of a borrower's events.
pub(crate) trait EventSink {
    /// Records an event.
    fn record(&mut self, event: Event);

    /// Records that the account left the risk set.
    fn record_exit(&mut self, tick: usize, end: ExitCause);

    /// Whether later events need not be recorded.
    fn is_complete(&self) -> bool;
}

/// Records every event.
#[derive(Debug, Default)]
pub(crate) struct EventLog(pub(crate) Vec<Event>);

impl EventSink for EventLog {
    fn record(&mut self, event: Event) {
        self.0.push(event);
    }

    fn record_exit(&mut self, _: usize, _: ExitCause) {}

    fn is_complete(&self) -> bool {
        false
    }
}

/// Records the tick and the cause of the first exit.
#[derive(Debug, Default)]
pub(crate) struct FirstExit(pub(crate) Option<(usize, ExitCause)>);

impl EventSink for FirstExit {
    fn record(&mut self, _: Event) {}

    fn record_exit(&mut self, tick: usize, end: ExitCause) {
        self.0.get_or_insert((tick, end));
    }

    fn is_complete(&self) -> bool {
        self.0.is_some()
    }
}
