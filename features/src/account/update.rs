//! Updates of an account, one for each block.

/// Everything that happened to an account in one block.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountUpdate {
    /// Time of the block, seconds.
    pub time_s: i64,
    /// Whether the account was liquidated.
    pub liquidated: bool,
    /// Whether the owner acted: moved a balance or changed a setting.
    pub owner_acted: bool,
    /// Debt repaid by liquidations, USD.
    pub liquidated_usd: f64,
    /// The changes, in order.
    pub(crate) changes: Vec<StateChange>,
}

/// One change of an account's state; deltas are positive for an inflow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum StateChange {
    /// Collateral moved, tokens.
    CollateralDelta { asset: usize, amount: f64 },
    /// Debt moved, tokens.
    DebtDelta { asset: usize, amount: f64 },
    /// Debt moved, index-scaled tokens.
    ScaledDebtDelta { asset: usize, amount: f64 },
    /// The exact collateral from now on, index-scaled tokens.
    SetCollateral { asset: usize, scaled: f64 },
    /// The exact debt from now on, index-scaled tokens.
    SetDebt { asset: usize, scaled: f64 },
    /// Whether an asset counts as collateral from now on.
    SetCollateralEnabled { asset: usize, enabled: bool },
    /// The efficiency mode from now on.
    SetEmode(u32),
}

impl AccountUpdate {
    /// An update without any change yet.
    pub(crate) const fn new(time_s: i64) -> Self {
        Self {
            time_s,
            liquidated: false,
            owner_acted: false,
            liquidated_usd: 0.0,
            changes: Vec::new(),
        }
    }

    /// Whether it sets a balance exactly.
    pub(crate) fn sets_balance(&self) -> bool {
        let sets_balance = |change: &StateChange| {
            matches!(change, StateChange::SetCollateral { .. } | StateChange::SetDebt { .. })
        };
        self.changes.iter().any(sets_balance)
    }
}
