//! Totals of liquidation risk over a market's open accounts.

use plimsoll_govern::Sensitivity;
use plimsoll_lake::Horizon;
use plimsoll_lending::safety_buffer;

use crate::state::position_state::PositionState;
use crate::state::probabilities::Probabilities;
use crate::state::scored_account::ScoredAccount;

/// Relative drops of all collateral within which debt counts as close to liquidation.
pub(crate) const COLLATERAL_DROPS: [f64; 3] = [0.05, 0.10, 0.20];

/// Totals over the open and liquidatable accounts of a market; accounts that are stuck below the
/// threshold have totals of their own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MarketRisk {
    /// Their debt, USD.
    pub(crate) debt_usd: f64,
    /// Their collateral, USD.
    pub(crate) collateral_usd: f64,
    /// Expected liquidations, in the order of [`Horizon::ALL`].
    expected: [HorizonLiquidations; Horizon::COUNT],
    /// Debt of accounts that a drop of all collateral by each of [`COLLATERAL_DROPS`] makes liquidatable, USD.
    pub(crate) near_debt_usd: [f64; COLLATERAL_DROPS.len()],
    /// Number of accounts outside the training domain of the model.
    pub(crate) out_of_range_accounts: usize,
    /// Accounts that can be liquidated now, which are in the other totals too.
    pub(crate) liquidatable: AccountTotals,
    /// Accounts that are stuck below the threshold, which are in none of the others.
    pub(crate) stuck: AccountTotals,
}

/// Number and debt of some accounts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct AccountTotals {
    pub(crate) accounts: usize,
    /// USD.
    pub(crate) debt_usd: f64,
}

impl AccountTotals {
    fn add(&mut self, account: &ScoredAccount) {
        self.accounts += 1;
        self.debt_usd += account.valued.debt_usd;
    }
}

/// Expected liquidations within one horizon.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct HorizonLiquidations {
    /// Number of liquidated accounts: the sum of their probabilities.
    pub(crate) accounts: f64,
    /// Their debt: the sum of probability times debt, USD.
    pub(crate) debt_usd: f64,
}

impl MarketRisk {
    /// Sums over the accounts among those given that can be liquidated.
    pub(crate) fn from_accounts<'a>(accounts: impl Iterator<Item = &'a ScoredAccount>) -> Self {
        let mut risk = Self {
            debt_usd: 0.0,
            collateral_usd: 0.0,
            expected: [HorizonLiquidations::default(); Horizon::COUNT],
            near_debt_usd: [0.0; COLLATERAL_DROPS.len()],
            out_of_range_accounts: 0,
            liquidatable: AccountTotals::default(),
            stuck: AccountTotals::default(),
        };
        for account in accounts {
            match (account.state(), account.probabilities()) {
                (PositionState::Stuck, _) => risk.stuck.add(account),
                (_, Some(probabilities)) => risk.add(account, probabilities),
                _ => {}
            }
        }
        risk
    }

    fn add(&mut self, account: &ScoredAccount, probabilities: &Probabilities) {
        let valued = &account.valued;
        if account.state() == PositionState::Liquidatable {
            self.liquidatable.add(account);
        }
        self.debt_usd += valued.debt_usd;
        self.collateral_usd += valued.collateral_usd;
        self.out_of_range_accounts += usize::from(probabilities.out_of_range);
        for (expected, p) in self.expected.iter_mut().zip(probabilities.by_horizon()) {
            expected.accounts += p.liquidated;
            expected.debt_usd += p.liquidated * valued.debt_usd;
        }
        let buffer = safety_buffer(valued.health_factor);
        for (debt_usd, drop) in self.near_debt_usd.iter_mut().zip(COLLATERAL_DROPS) {
            *debt_usd += if buffer <= drop { valued.debt_usd } else { 0.0 };
        }
    }

    /// Expected liquidations within a horizon.
    pub(crate) const fn expected_within(&self, horizon: Horizon) -> HorizonLiquidations {
        self.expected[horizon.index()]
    }

    /// An amount of debt as a fraction of the total.
    pub(crate) fn share_of_debt(&self, debt_usd: f64) -> f64 {
        if self.debt_usd > 0.0 { debt_usd / self.debt_usd } else { 0.0 }
    }
}

/// Expected liquidated debt of an account within a day: probability times debt, USD.
pub(crate) fn debt_at_risk_usd(account: &ScoredAccount) -> f64 {
    let probability = |p: &Probabilities| p.one_day.liquidated;
    account.probabilities().map_or(0.0, probability) * account.valued.debt_usd
}

/// The keys of open, liquidatable and halted accounts in descending order of debt at risk, then in order of
/// key. Accounts that are stuck below the threshold are left out: they would lead the ranking for
/// months with debt that nobody takes, or that does not exist.
pub(crate) fn rank_by_debt_at_risk<'a>(
    accounts: impl Iterator<Item = (&'a String, &'a ScoredAccount)>,
) -> Vec<String> {
    let is_ranked = |account: &ScoredAccount| {
        use PositionState::{Halted, Liquidatable, Open};
        matches!(account.state(), Open | Liquidatable | Halted)
    };
    rank(accounts.filter(|(_, account)| is_ranked(account)), debt_at_risk_usd)
}

/// The keys of stuck accounts in descending order of debt, then in order of key.
pub(crate) fn rank_stuck_by_debt<'a>(
    accounts: impl Iterator<Item = (&'a String, &'a ScoredAccount)>,
) -> Vec<String> {
    let stuck = accounts.filter(|(_, account)| account.state() == PositionState::Stuck);
    rank(stuck, |account| account.valued.debt_usd)
}

fn rank<'a>(
    accounts: impl Iterator<Item = (&'a String, &'a ScoredAccount)>,
    value: impl Fn(&ScoredAccount) -> f64,
) -> Vec<String> {
    let mut ranked: Vec<_> = accounts.map(|(key, account)| (value(account), key)).collect();
    ranked.sort_by(|(a, first), (b, second)| b.total_cmp(a).then_with(|| first.cmp(second)));
    ranked.into_iter().map(|(_, key)| key.clone()).collect()
}

/// Adds an account's sensitivity curve to a market's.
pub(crate) fn add_sensitivities(sum: &mut [Sensitivity], own: &[Sensitivity]) {
    for (sum, own) in sum.iter_mut().zip(own) {
        sum.accounts += own.accounts;
        sum.collateral_usd += own.collateral_usd;
        sum.debt_usd += own.debt_usd;
    }
}
