//! What may change of an account in a block.

/// All that happened to an account in one block.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountUpdate {
    /// When, seconds.
    pub time_s: i64,
    /// Whether the account was liquidated.
    pub liquidated: bool,
    /// Whether the owner did something: moved a balance, or chose another setting.
    pub owner_acted: bool,
    /// Debt that liquidations repaid, USD.
    pub liquidated_usd: f64,
    /// What changed, in order.
    pub(crate) changes: Vec<StateChange>,
}

/// One change: an amount comes in if positive, goes out if negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum StateChange {
    /// Collateral moved, tokens at the time.
    CollateralDelta { asset: usize, amount: f64 },
    /// Debt moved, tokens at the time.
    DebtDelta { asset: usize, amount: f64 },
    /// Debt moved, index-scaled tokens.
    ScaledDebtDelta { asset: usize, amount: f64 },
    /// Collateral is exactly this from now on, index-scaled tokens.
    SetCollateral { asset: usize, scaled: f64 },
    /// Debt is exactly this from now on, index-scaled tokens.
    SetDebt { asset: usize, scaled: f64 },
    /// An asset counts as collateral from now on, or no longer.
    SetCollateralEnabled { asset: usize, enabled: bool },
    /// The account is in this efficiency mode from now on.
    SetEmode(u32),
}

impl AccountUpdate {
    /// A block in which nothing has happened yet.
    pub(crate) const fn new(time_s: i64) -> Self {
        Self {
            time_s,
            liquidated: false,
            owner_acted: false,
            liquidated_usd: 0.0,
            changes: Vec::new(),
        }
    }

    /// Whether a balance was told to have moved.
    pub(crate) fn sets_balance(&self) -> bool {
        let told = |change: &StateChange| {
            matches!(change, StateChange::SetCollateral { .. } | StateChange::SetDebt { .. })
        };
        self.changes.iter().any(told)
    }
}
