//! Accounts and debt that depend on a collateral's parameters.

use plimsoll_lending::{AssetId, ReserveParameters};

use super::recommendation::{ExpectedLiquidations, LiquidatableAccounts};
use crate::error::GovernError;
use crate::threshold_inputs::{AssetInputs, ThresholdInputs};

/// A market's accounts under given parameters.
#[derive(Debug, Clone)]
pub(crate) struct Exposure<'a> {
    inputs: &'a ThresholdInputs<'a>,
    prices_usd: Vec<f64>,
    reserves: Vec<ReserveParameters>,
}

impl<'a> Exposure<'a> {
    /// Exposure under the parameters in force.
    pub(crate) fn new(inputs: &'a ThresholdInputs<'a>) -> Self {
        Self { inputs, prices_usd: inputs.prices_usd(), reserves: inputs.reserves() }
    }

    /// The same with one asset's parameters replaced.
    pub(crate) fn with_reserve(&self, asset: AssetId, reserve: ReserveParameters) -> Self {
        let mut changed = self.clone();
        changed.reserves[asset.index()] = reserve;
        changed
    }

    pub(crate) fn prices_usd(&self) -> &[f64] {
        &self.prices_usd
    }

    pub(crate) fn reserves(&self) -> &[ReserveParameters] {
        &self.reserves
    }

    /// Debt secured by a collateral, USD: each borrower's debt times the collateral's share of all
    /// its collateral.
    pub(crate) fn secured_debt_usd(&self, collateral: AssetId) -> f64 {
        let borrowers = self.inputs.borrowers.iter();
        borrowers.map(|borrower| borrower.secured_debt_usd(collateral, &self.prices_usd)).sum()
    }

    /// The same, only of accounts that a fall of all volatile prices makes liquidatable.
    pub(crate) fn stressed_debt_usd(&self, collateral: AssetId, fall: f64) -> f64 {
        let fallen = |asset: &AssetInputs| {
            if asset.stable { asset.price_usd } else { asset.price_usd * (1.0 - fall) }
        };
        let prices_usd: Vec<f64> = self.inputs.assets.iter().map(fallen).collect();
        let borrowers = self.inputs.borrowers.iter();
        let hit = borrowers.filter(|b| b.is_liquidatable(&prices_usd, &self.reserves));
        hit.map(|borrower| borrower.secured_debt_usd(collateral, &prices_usd)).sum()
    }

    /// Debts secured by a collateral, USD by borrowed asset.
    pub(crate) fn secured_debt_by_asset_usd(&self, collateral: AssetId) -> Vec<f64> {
        let mut owed_usd = vec![0.0; self.inputs.assets.len()];
        for borrower in &self.inputs.borrowers {
            let share = borrower.secured_debt_usd(collateral, &self.prices_usd);
            let debt_usd = borrower.account.debt_usd(&self.prices_usd);
            for owed in borrower.account.debt.iter().filter(|_| share > 0.0) {
                owed_usd[owed.asset.index()] += owed.value_usd(&self.prices_usd) * share / debt_usd;
            }
        }
        owed_usd
    }

    /// Accounts that are liquidatable here and were not before.
    pub(crate) fn newly_liquidatable(&self, before: &Self) -> LiquidatableAccounts {
        let mut sum = LiquidatableAccounts::default();
        for borrower in &self.inputs.borrowers {
            let falls = borrower.is_liquidatable(&self.prices_usd, &self.reserves)
                && !borrower.is_liquidatable(&self.prices_usd, &before.reserves);
            if falls {
                sum.accounts += 1;
                sum.debt_usd += borrower.account.debt_usd(&self.prices_usd);
                sum.collateral_usd += borrower.account.collateral_usd(&self.prices_usd);
                sum.ids.push(borrower.id.clone());
            }
        }
        sum.ids.sort_unstable();
        sum
    }

    /// Expected liquidations of the next 24 hours; `None` without a model. Accounts that are
    /// already liquidatable count with probability 1.
    pub(crate) fn next_day_liquidations(
        &self,
    ) -> Result<Option<ExpectedLiquidations>, GovernError> {
        let Some(next_day) = &self.inputs.next_day else { return Ok(None) };
        let probabilities = next_day.0(&self.reserves)?;
        let (forecast, accounts) = (probabilities.len(), self.inputs.borrowers.len());
        if forecast != accounts {
            return Err(GovernError::ForecastCount { forecast, accounts });
        }
        let mut sum = ExpectedLiquidations::default();
        for (borrower, probability) in self.inputs.borrowers.iter().zip(probabilities) {
            let sure = borrower.is_liquidatable(&self.prices_usd, &self.reserves);
            let probability = if sure { 1.0 } else { probability };
            sum.accounts += probability;
            sum.debt_usd += probability * borrower.account.debt_usd(&self.prices_usd);
        }
        Ok(Some(sum))
    }
}
