//! Health factor, loan-to-value and borrowing capacity of an account.

use super::account::Account;
use super::asset::Prices;
use super::reserve::ReserveParameters;

/// Debt in USD at which the account would be liquidated, `sum C P LT`.
///
/// # Panics
/// If an asset has no price or no reserve.
#[must_use]
pub fn liquidation_capacity_usd(
    account: &Account,
    prices: &Prices,
    reserves: &[ReserveParameters],
) -> f64 {
    weighted_collateral_usd(account, prices, |asset| reserves[asset].liquidation_threshold)
}

/// Maximum debt in USD up to which the account may borrow, `sum C P max_ltv`.
///
/// # Panics
/// If an asset has no price or no reserve.
#[must_use]
pub fn borrow_capacity_usd(
    account: &Account,
    prices: &Prices,
    reserves: &[ReserveParameters],
) -> f64 {
    weighted_collateral_usd(account, prices, |asset| reserves[asset].max_ltv)
}

fn weighted_collateral_usd(
    account: &Account,
    prices: &Prices,
    weight: impl Fn(usize) -> f64,
) -> f64 {
    let collateral = account.collateral.iter();
    collateral.map(|held| held.value_usd(prices) * weight(held.asset.index())).sum()
}

/// Health factor `sum C P LT / sum D P`; below 1 the account can be liquidated, and it is
/// infinite without debt.
///
/// In Maker, with LT = 1 / `mat`, it is the collateralisation ratio over the liquidation ratio.
///
/// # Panics
/// If an asset has no price or no reserve.
#[must_use]
pub fn health_factor(account: &Account, prices: &Prices, reserves: &[ReserveParameters]) -> f64 {
    let debt_usd = account.debt_usd(prices);
    if debt_usd == 0.0 {
        return f64::INFINITY;
    }
    liquidation_capacity_usd(account, prices, reserves) / debt_usd
}

/// Loan-to-value `sum D P / sum C P`: 0 without debt, infinite with debt and no collateral.
///
/// # Panics
/// If an asset has no price.
#[must_use]
pub fn loan_to_value(account: &Account, prices: &Prices) -> f64 {
    let debt_usd = account.debt_usd(prices);
    if debt_usd == 0.0 { 0.0 } else { debt_usd / account.collateral_usd(prices) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AssetAmount, AssetId, CloseFactorRule};

    const PRICES: [f64; 2] = [2_000.0, 1.0];

    fn reserves() -> [ReserveParameters; 2] {
        let eth = ReserveParameters::new(0.8, 0.825, 0.05, CloseFactorRule::default()).unwrap();
        [eth, ReserveParameters::borrow_only(CloseFactorRule::default())]
    }

    fn account(eth: f64, dai: f64) -> Account {
        Account::new(
            vec![AssetAmount::new(AssetId(0), eth)],
            vec![AssetAmount::new(AssetId(1), dai)],
        )
    }

    #[test]
    fn health_is_capacity_over_debt() {
        let account = account(10.0, 15_000.0);
        assert_eq!(liquidation_capacity_usd(&account, &PRICES, &reserves()), 16_500.0);
        assert_eq!(borrow_capacity_usd(&account, &PRICES, &reserves()), 16_000.0);
        assert_eq!(health_factor(&account, &PRICES, &reserves()), 1.1);
        assert_eq!(loan_to_value(&account, &PRICES), 0.75);
    }

    #[test]
    fn an_account_without_debt_has_infinite_health() {
        assert_eq!(health_factor(&account(1.0, 0.0), &PRICES, &reserves()), f64::INFINITY);
        assert_eq!(health_factor(&Account::default(), &PRICES, &reserves()), f64::INFINITY);
        assert_eq!(loan_to_value(&Account::default(), &PRICES), 0.0);
    }

    #[test]
    fn debt_without_collateral_has_zero_health() {
        assert_eq!(health_factor(&account(0.0, 1.0), &PRICES, &reserves()), 0.0);
        assert_eq!(loan_to_value(&account(0.0, 1.0), &PRICES), f64::INFINITY);
    }

    #[test]
    fn a_maker_vault_at_its_liquidation_ratio_has_health_one() {
        let mat = 1.45;
        let eth_a =
            ReserveParameters::new(1.0 / mat, 1.0 / mat, 0.13, CloseFactorRule::Full).unwrap();
        let vault = account(1.0, 2_000.0 / mat);
        let health = health_factor(&vault, &PRICES, &[eth_a, reserves()[1]]);
        assert!((health - 1.0).abs() < 1e-15);
    }
}
