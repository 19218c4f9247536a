//! What an owner may do to make an account safer.

use super::update::{AccountUpdate, StateChange};

/// What an owner may do to make an account safer; assets by their places, tokens at the time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OwnerAction {
    /// Repay debt.
    Repay {
        /// Which.
        asset: usize,
        /// How much of it, tokens.
        amount: f64,
    },
    /// Put up more collateral.
    AddCollateral {
        /// Which.
        asset: usize,
        /// How much of it, tokens.
        amount: f64,
    },
}

impl OwnerAction {
    /// As the replay of a market has it.
    pub(crate) fn into_update(self, time_s: i64) -> AccountUpdate {
        let change = match self {
            Self::Repay { asset, amount } => StateChange::DebtDelta { asset, amount: -amount },
            Self::AddCollateral { asset, amount } => StateChange::CollateralDelta { asset, amount },
        };
        AccountUpdate { owner_acted: true, changes: vec![change], ..AccountUpdate::new(time_s) }
    }
}
