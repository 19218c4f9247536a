//! A borrower's account: collateral and debt.

use super::asset::{AssetId, Prices};

/// An amount of one asset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AssetAmount {
    /// The asset.
    pub asset: AssetId,
    /// Amount in token units, never negative.
    pub amount: f64,
}

/// Collateral and debt of a borrower in one market, with accrued interest.
///
/// An asset may occur on both sides, and several times on one side; its amounts add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// Collateral, token units.
    pub collateral: Vec<AssetAmount>,
    /// Debt, token units.
    pub debt: Vec<AssetAmount>,
}

impl AssetAmount {
    /// An amount of an asset, token units.
    #[must_use]
    pub const fn new(asset: AssetId, amount: f64) -> Self {
        Self { asset, amount }
    }

    /// Value in USD.
    ///
    /// # Panics
    /// If the asset has no price.
    #[must_use]
    pub fn value_usd(&self, prices: &Prices) -> f64 {
        self.amount * prices[self.asset.index()]
    }
}

impl Account {
    /// An account from its collateral and its debt.
    #[must_use]
    pub const fn new(collateral: Vec<AssetAmount>, debt: Vec<AssetAmount>) -> Self {
        Self { collateral, debt }
    }

    /// Value of all collateral in USD, before any threshold.
    #[must_use]
    pub fn collateral_usd(&self, prices: &Prices) -> f64 {
        self.collateral.iter().map(|entry| entry.value_usd(prices)).sum()
    }

    /// Value of all debt in USD.
    #[must_use]
    pub fn debt_usd(&self, prices: &Prices) -> f64 {
        self.debt.iter().map(|entry| entry.value_usd(prices)).sum()
    }

    /// Collateral in one asset, token units.
    #[must_use]
    pub fn collateral_amount(&self, asset: AssetId) -> f64 {
        total_amount(&self.collateral, asset)
    }

    /// Debt in one asset, token units.
    #[must_use]
    pub fn debt_amount(&self, asset: AssetId) -> f64 {
        total_amount(&self.debt, asset)
    }

    /// Value of the debt in all assets except one, in USD.
    ///
    /// Summing the other assets, rather than subtracting this one from the total, avoids
    /// cancellation when the asset is nearly all of the debt.
    pub(super) fn other_debt_usd(&self, prices: &Prices, asset: AssetId) -> f64 {
        let others = self.debt.iter().filter(|entry| entry.asset != asset);
        others.map(|entry| entry.value_usd(prices)).sum()
    }

    /// Whether there is debt.
    #[must_use]
    pub fn has_debt(&self) -> bool {
        self.debt.iter().any(|entry| entry.amount > 0.0)
    }

    /// Whether there is neither collateral nor debt.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.collateral.iter().chain(&self.debt).all(|entry| entry.amount == 0.0)
    }
}

fn total_amount(amounts: &[AssetAmount], asset: AssetId) -> f64 {
    amounts.iter().filter(|entry| entry.asset == asset).map(|entry| entry.amount).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ETH: AssetId = AssetId(0);
    const DAI: AssetId = AssetId(1);

    #[test]
    fn amounts_of_one_asset_add_up() {
        let account =
            Account::new(vec![AssetAmount::new(ETH, 1.5), AssetAmount::new(ETH, 0.5)], Vec::new());
        assert_eq!(account.collateral_amount(ETH), 2.0);
        assert_eq!(account.collateral_usd(&[2_000.0, 1.0]), 4_000.0);
        assert_eq!(account.debt_amount(DAI), 0.0);
    }

    #[test]
    fn account_of_zero_amounts_is_empty() {
        let mut account =
            Account::new(vec![AssetAmount::new(ETH, 0.0)], vec![AssetAmount::new(DAI, 0.0)]);
        assert!(account.is_empty() && !account.has_debt());
        account.debt[0].amount = 7.0;
        assert!(!account.is_empty() && account.has_debt());
        assert!(Account::default().is_empty());
    }
}
