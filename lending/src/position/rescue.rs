//! Amounts that a borrower must repay or add to reach a target health factor.

use super::account::Account;
use super::asset::{AssetId, Prices};
use super::health::liquidation_capacity_usd;
use super::reserve::ReserveParameters;
use crate::error::{LendingError, check_positive};

/// Amount of `asset`, token units, whose repayment raises the health factor to `target`.
///
/// It is 0 if the health factor is at the target already, and the whole debt if there is no other
/// debt and no collateral.
///
/// # Errors
/// [`LendingError::RepaymentTooSmall`] if repaying the whole debt in the asset does not suffice, and
/// [`LendingError::NotPositive`] for the target or the price of the asset.
///
/// # Panics
/// If an asset has no price or no reserve.
pub fn repay_to_reach(
    account: &Account,
    prices: &Prices,
    reserves: &[ReserveParameters],
    target: f64,
    asset: AssetId,
) -> Result<f64, LendingError> {
    let price = checked_price(prices, target, asset)?;
    let capacity_usd = liquidation_capacity_usd(account, prices, reserves);
    let owed = account.debt_amount(asset);
    let other_debt_usd = account.other_debt_usd(prices, asset);
    let remaining_usd = capacity_usd / target - other_debt_usd;
    if remaining_usd < 0.0 {
        let (asset, reached) = (asset.0, capacity_usd / other_debt_usd);
        return Err(LendingError::RepaymentTooSmall { asset, owed, reached, target });
    }
    Ok((owed - remaining_usd / price).max(0.0))
}

/// Amount of `asset`, token units, that raises the health factor to `target` when added as collateral.
///
/// # Errors
/// [`LendingError::NotCollateral`] if the asset's liquidation threshold is 0, and
/// [`LendingError::NotPositive`] for the target or the price of the asset.
///
/// # Panics
/// If an asset has no price or no reserve.
pub fn add_collateral_to_reach(
    account: &Account,
    prices: &Prices,
    reserves: &[ReserveParameters],
    target: f64,
    asset: AssetId,
) -> Result<f64, LendingError> {
    let price = checked_price(prices, target, asset)?;
    let missing_usd =
        target * account.debt_usd(prices) - liquidation_capacity_usd(account, prices, reserves);
    if missing_usd <= 0.0 {
        return Ok(0.0);
    }
    let threshold = reserves[asset.index()].liquidation_threshold;
    if threshold <= 0.0 {
        return Err(LendingError::NotCollateral { asset: asset.0 });
    }
    Ok(missing_usd / (price * threshold))
}

fn checked_price(prices: &Prices, target: f64, asset: AssetId) -> Result<f64, LendingError> {
    let price = prices[asset.index()];
    check_positive("target health factor", target)?;
    check_positive("price", price)?;
    Ok(price)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AssetAmount, CloseFactorRule};

    const ETH: AssetId = AssetId(0);
    const DAI: AssetId = AssetId(1);
    const USDC: AssetId = AssetId(2);
    const PRICES: [f64; 3] = [2_000.0, 1.0, 1.0];

    fn reserves() -> [ReserveParameters; 3] {
        let rule = CloseFactorRule::Full;
        let eth = ReserveParameters::new(0.75, 0.8, 0.05, rule).unwrap();
        [eth, ReserveParameters::borrow_only(rule), ReserveParameters::borrow_only(rule)]
    }

    fn account(eth: f64) -> Account {
        let debt = vec![AssetAmount::new(DAI, 10_000.0), AssetAmount::new(USDC, 6_000.0)];
        Account::new(vec![AssetAmount::new(ETH, eth)], debt)
    }

    #[test]
    fn repaying_a_fifth_of_the_debt_raises_health_by_a_quarter() {
        assert_eq!(repay_to_reach(&account(10.0), &PRICES, &reserves(), 1.25, DAI), Ok(3_200.0));
        let added = add_collateral_to_reach(&account(10.0), &PRICES, &reserves(), 1.25, ETH);
        assert_eq!(added, Ok(2.5));
    }

    #[test]
    fn an_account_at_its_target_needs_nothing() {
        assert_eq!(repay_to_reach(&account(10.0), &PRICES, &reserves(), 0.9, DAI), Ok(0.0));
        assert_eq!(
            add_collateral_to_reach(&account(10.0), &PRICES, &reserves(), 0.9, DAI),
            Ok(0.0)
        );
        let debtless = Account::default();
        assert_eq!(repay_to_reach(&debtless, &PRICES, &reserves(), 2.0, DAI), Ok(0.0));
    }

    #[test]
    fn one_debt_may_be_too_small_to_help() {
        let error = repay_to_reach(&account(10.0), &PRICES, &reserves(), 2.0, USDC).unwrap_err();
        assert_eq!(
            error.to_string(),
            "repaying all 6000 owed of asset 2 raises the health factor only to 1.6, below the \
             target 2"
        );
    }

    #[test]
    fn only_debt_without_collateral_is_repaid_in_full() {
        let account = Account::new(Vec::new(), vec![AssetAmount::new(DAI, 70.0)]);
        assert_eq!(repay_to_reach(&account, &PRICES, &reserves(), 1.5, DAI), Ok(70.0));
    }

    #[test]
    fn invalid_target_price_or_collateral_is_rejected() {
        for target in [0.0, -1.0, f64::INFINITY, f64::NAN] {
            let repaid = repay_to_reach(&account(10.0), &PRICES, &reserves(), target, DAI);
            assert!(matches!(repaid, Err(LendingError::NotPositive { .. })));
        }
        let repaid = repay_to_reach(&account(10.0), &[2_000.0, 0.0, 1.0], &reserves(), 1.5, DAI);
        assert_eq!(repaid, Err(LendingError::NotPositive { quantity: "price", value: 0.0 }));
        let added = add_collateral_to_reach(&account(10.0), &PRICES, &reserves(), 1.5, DAI);
        assert_eq!(added, Err(LendingError::NotCollateral { asset: 1 }));
    }
}
