//! Seizure of a whole account by the protocol, and its gains and losses.

use crate::position::{Account, Prices, ReserveParameters, health_factor};

/// Amounts, in USD, of an account that the protocol takes over with all of its debt, as
/// `Comet.absorb` of Compound v3 does, and whose collateral it sells at a discount
/// (`Comet.buyCollateral`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FullSeizure {
    /// All debt, which the borrower no longer owes.
    pub debt_usd: f64,
    /// All collateral, at oracle prices.
    pub seized_usd: f64,
    /// Credit to the borrower for the collateral, `sum C P liquidationFactor`.
    pub credited_usd: f64,
    /// Discount from the oracle prices to the buyers of the collateral.
    pub discount_usd: f64,
}

impl FullSeizure {
    /// The seizure of an account; `None` if the account is healthy.
    ///
    /// The liquidation factor of an asset is `1 / (1 + liquidation_bonus)`. The discount is the
    /// `store_front_price_factor` of the penalty, a fraction: `quoteCollateral` takes
    /// `storeFrontPriceFactor (1 - liquidationFactor)` off the price.
    ///
    /// # Panics
    /// If an asset has no price or no reserve.
    #[must_use]
    pub fn from_account(
        account: &Account,
        prices: &Prices,
        reserves: &[ReserveParameters],
        store_front_price_factor: f64,
    ) -> Option<Self> {
        let health = health_factor(account, prices, reserves);
        if health.is_nan() || health >= 1.0 {
            return None;
        }
        let mut seizure = Self { debt_usd: account.debt_usd(prices), ..Self::default() };
        for collateral in &account.collateral {
            let value_usd = collateral.value_usd(prices);
            let factor = 1.0 / (1.0 + reserves[collateral.asset.index()].liquidation_bonus);
            seizure.seized_usd += value_usd;
            seizure.credited_usd += value_usd * factor;
            seizure.discount_usd += value_usd * store_front_price_factor * (1.0 - factor);
        }
        Some(seizure)
    }

    /// Credit above the debt, which the borrower receives as a balance of the debt asset.
    #[must_use]
    pub fn returned_usd(&self) -> f64 {
        (self.credited_usd - self.debt_usd).max(0.0)
    }

    /// Loss of the borrower: the penalty, or less if the debt exceeds the credit.
    #[must_use]
    pub fn borrower_loss_usd(&self) -> f64 {
        self.seized_usd - self.debt_usd - self.returned_usd()
    }

    /// Gain of buyers who sell at oracle prices.
    #[must_use]
    pub const fn buyers_gain_usd(&self) -> f64 {
        self.discount_usd
    }

    /// Gain of the protocol's reserves after all collateral is sold. Negative for a loss, which the
    /// lenders bear if it exceeds the reserves.
    #[must_use]
    pub fn protocol_gain_usd(&self) -> f64 {
        self.seized_usd - self.discount_usd - self.debt_usd - self.returned_usd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AssetAmount, AssetId, CloseFactorRule};

    /// An account with 10 ETH at 2,000 USD, a liquidation factor of .95, and half of the penalty
    /// as a discount.
    fn seizure_of_debt(debt: f64) -> Option<FullSeizure> {
        let bonus = 1.0 / 0.95 - 1.0;
        let eth = ReserveParameters::new(0.8, 0.85, bonus, CloseFactorRule::Full).unwrap();
        let reserves = [eth, ReserveParameters::borrow_only(CloseFactorRule::Full)];
        let collateral = vec![AssetAmount::new(AssetId(0), 10.0)];
        let account = Account::new(collateral, vec![AssetAmount::new(AssetId(1), debt)]);
        FullSeizure::from_account(&account, &[2_000.0, 1.0], &reserves, 0.5)
    }

    #[test]
    fn a_covered_debt_costs_the_borrower_the_penalty() {
        let seizure = seizure_of_debt(18_000.0).unwrap();
        assert!((seizure.borrower_loss_usd() - 1_000.0).abs() < 1e-9);
        assert!((seizure.returned_usd() - 1_000.0).abs() < 1e-9);
        assert!((seizure.buyers_gain_usd() - 500.0).abs() < 1e-9);
        assert!((seizure.protocol_gain_usd() - 500.0).abs() < 1e-9);
        assert_eq!(seizure_of_debt(16_000.0), None);
    }

    #[test]
    fn reserves_bear_debt_beyond_the_credit() {
        let seizure = seizure_of_debt(19_900.0).unwrap();
        assert_eq!(seizure.returned_usd(), 0.0);
        assert!((seizure.borrower_loss_usd() - 100.0).abs() < 1e-9);
        assert!((seizure.protocol_gain_usd() + 400.0).abs() < 1e-9);
    }

    #[test]
    fn losses_equal_gains() {
        for debt in [17_500.0, 18_500.0, 19_500.0, 25_000.0] {
            let seizure = seizure_of_debt(debt).unwrap();
            let gains = seizure.buyers_gain_usd() + seizure.protocol_gain_usd();
            assert!((seizure.borrower_loss_usd() - gains).abs() < 1e-9);
        }
    }
}
