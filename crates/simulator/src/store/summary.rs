//! Summary of a simulation.

use std::fmt;

use serde::Serialize;

use crate::events::{Action, Event};
use crate::history::History;
use crate::simulation::{Scenario, Simulation};

/// Key figures of a simulated history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SimulationSummary {
    /// The market's name, which is the prefix of its account ids.
    pub market: String,
    /// Seed.
    pub seed: u64,
    /// Scenario.
    pub scenario: Scenario,
    /// Total number of borrowers.
    pub accounts: u32,
    /// Days of history.
    pub days: u32,
    /// Counts of what was written; absent if the lake already contained the market.
    pub written: Option<WrittenCounts>,
}

/// Counts of what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WrittenCounts {
    /// Deposits, withdrawals, loans and repayments.
    pub position_events: usize,
    /// Liquidation calls.
    pub liquidations: usize,
    /// Accounts liquidated at least once.
    pub liquidated_accounts: usize,
    /// Debts written off.
    pub bad_debts: usize,
    /// Oracle updates.
    pub oracle_prices: usize,
}

impl SimulationSummary {
    pub(crate) fn already_present(simulation: &Simulation) -> Self {
        let Simulation { seed, accounts, days, scenario } = *simulation;
        let name = simulation.market_key();
        let market = name.partition().join("/");
        Self { market, seed, scenario, accounts, days, written: None }
    }

    pub(crate) fn from_history(simulation: &Simulation, history: &History) -> Self {
        let written = WrittenCounts {
            position_events: count_actions(history, |action| {
                use Action::{Borrow, Deposit, Repay, Withdraw};
                matches!(action, Deposit(_) | Withdraw(_) | Borrow(_) | Repay(_))
            }),
            liquidations: count_actions(history, is_liquidation),
            liquidated_accounts: count_liquidated_accounts(history),
            bad_debts: count_actions(history, |action| matches!(action, Action::BadDebt(_))),
            oracle_prices: history.path.oracle_answers.as_ref().map_or(0, Vec::len),
        };
        Self { written: Some(written), ..Self::already_present(simulation) }
    }
}

const fn is_liquidation(action: &Action) -> bool {
    matches!(action, Action::Liquidation { .. })
}

fn count_actions(history: &History, predicate: impl Fn(&Action) -> bool) -> usize {
    history.events.iter().filter(|event| predicate(&event.action)).count()
}

fn count_liquidated_accounts(history: &History) -> usize {
    let seized = history.events.iter().filter(|event| is_liquidation(&event.action));
    let mut borrowers: Vec<u32> = seized.map(|event: &Event| event.borrower).collect();
    borrowers.sort_unstable();
    borrowers.dedup();
    borrowers.len()
}

impl fmt::Display for SimulationSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { market, accounts, days, .. } = self;
        let Some(written) = self.written else {
            return writeln!(f, "{market}: {accounts} accounts over {days} days are there already");
        };
        let WrittenCounts { position_events, liquidations, liquidated_accounts, bad_debts, .. } =
            written;
        writeln!(f, "{market}: {accounts} accounts over {days} days")?;
        writeln!(f, "{position_events} events, {} oracle prices", written.oracle_prices)?;
        writeln!(
            f,
            "{liquidations} liquidations of {liquidated_accounts} accounts, {bad_debts} bad debts"
        )
    }
}
