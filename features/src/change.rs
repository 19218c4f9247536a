//! What may change of an account in a block.

/// All that happened to an account in one block.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// When, seconds.
    pub time_s: i64,
    /// Whether the account was liquidated.
    pub liquidated: bool,
    /// Whether the owner did something: moved a balance, or chose another setting.
    pub owner_acted: bool,
    /// Debt that liquidations repaid, USD.
    pub liquidated_usd: f64,
    /// What changed, in order.
    pub(crate) changes: Vec<Change>,
}

/// One change: an amount comes in if positive, goes out if negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Change {
    /// Collateral moved, tokens at the time.
    Collateral { asset: usize, amount: f64 },
    /// Debt moved, tokens at the time.
    Debt { asset: usize, amount: f64 },
    /// Debt moved, index-scaled tokens.
    ScaledDebt { asset: usize, amount: f64 },
    /// Collateral is exactly this from now on, index-scaled tokens.
    CollateralIs { asset: usize, scaled: f64 },
    /// Debt is exactly this from now on, index-scaled tokens.
    DebtIs { asset: usize, scaled: f64 },
    /// An asset counts as collateral from now on, or no longer.
    Pledged { asset: usize, pledged: bool },
    /// The account is in this efficiency mode from now on.
    Emode(u32),
}

impl Action {
    /// A block in which nothing has happened yet.
    pub(crate) const fn at(time_s: i64) -> Self {
        Self {
            time_s,
            liquidated: false,
            owner_acted: false,
            liquidated_usd: 0.0,
            changes: Vec::new(),
        }
    }

    /// Whether a balance was told to have moved.
    pub(crate) fn moved_balance(&self) -> bool {
        let told =
            |change: &Change| matches!(change, Change::CollateralIs { .. } | Change::DebtIs { .. });
        self.changes.iter().any(told)
    }
}
