//! What an owner may do to make an account safer.

use crate::change::{Action, Change};

/// What an owner may do to make an account safer; assets by their places, tokens at the time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rescue {
    /// Repay debt.
    Repay {
        /// Which.
        asset: usize,
        /// How much of it, tokens.
        amount: f64,
    },
    /// Put up more collateral.
    Add {
        /// Which.
        asset: usize,
        /// How much of it, tokens.
        amount: f64,
    },
}

impl Rescue {
    /// As the replay of a market has it.
    pub(crate) fn action(self, time_s: i64) -> Action {
        let change = match self {
            Self::Repay { asset, amount } => Change::Debt { asset, amount: -amount },
            Self::Add { asset, amount } => Change::Collateral { asset, amount },
        };
        Action { owner_acted: true, changes: vec![change], ..Action::at(time_s) }
    }
}
