//! Actions of an owner that make an account safer.

use super::update::{AccountUpdate, StateChange};

/// An action of an owner that makes an account safer; assets by index, amounts in tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OwnerAction {
    /// Repay debt.
    Repay {
        /// The asset.
        asset: usize,
        /// The amount, tokens.
        amount: f64,
    },
    /// Add collateral.
    AddCollateral {
        /// The asset.
        asset: usize,
        /// The amount, tokens.
        amount: f64,
    },
}

impl OwnerAction {
    /// The update that the replay of this action would apply.
    pub(crate) fn into_update(self, time_s: i64) -> AccountUpdate {
        let change = match self {
            Self::Repay { asset, amount } => StateChange::DebtDelta { asset, amount: -amount },
            Self::AddCollateral { asset, amount } => StateChange::CollateralDelta { asset, amount },
        };
        AccountUpdate { owner_acted: true, changes: vec![change], ..AccountUpdate::new(time_s) }
    }
}
