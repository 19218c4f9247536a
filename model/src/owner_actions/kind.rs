//! Kinds of owners' actions.

use plimsoll_features::{OwnerActionCount, OwnerActionCounts};
use serde::{Deserialize, Serialize};

/// A kind of action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerActionKind {
    /// Debt is repaid.
    Repay,
    /// Collateral is added.
    AddCollateral,
    /// Debt is borrowed.
    Borrow,
    /// Collateral is withdrawn.
    Withdraw,
}

impl OwnerActionKind {
    /// Number of kinds.
    pub const COUNT: usize = 4;
    /// All kinds.
    pub const ALL: [Self; Self::COUNT] =
        [Self::Repay, Self::AddCollateral, Self::Borrow, Self::Withdraw];

    /// The index in [`OwnerActionKind::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Repay => "repay",
            Self::AddCollateral => "add collateral",
            Self::Borrow => "borrow",
            Self::Withdraw => "withdraw",
        }
    }

    /// The kind's part of the labels of a row.
    pub(crate) const fn label(self, counts: &OwnerActionCounts) -> OwnerActionCount {
        match self {
            Self::Repay => counts.repaid,
            Self::AddCollateral => counts.added,
            Self::Borrow => counts.borrowed,
            Self::Withdraw => counts.withdrawn,
        }
    }
}
