//! The price of one asset at which an account is liquidated.

use super::account::Account;
use super::asset::{AssetId, Prices};
use super::reserve::ReserveParameters;

/// The price, USD per token, at which the health factor is 1 if all other prices are constant.
///
/// With `C`, `D` and `LT` of the asset and `A`, `B` the capacity and debt in the others, it is
/// `(B - A) / (C LT - D)`. For a healthy account it lies below the current price of a net collateral
/// asset and above that of a net debt asset. `None` if no positive price brings
/// the health factor to 1.
///
/// # Panics
/// If an asset has no price or no reserve.
#[must_use]
pub fn liquidation_price(
    account: &Account,
    prices: &Prices,
    reserves: &[ReserveParameters],
    asset: AssetId,
) -> Option<f64> {
    let threshold = reserves[asset.index()].liquidation_threshold;
    let exposure = account.collateral_amount(asset) * threshold - account.debt_amount(asset);
    let deficit_usd = account.other_debt_usd(prices, asset)
        - other_capacity_usd(account, prices, reserves, asset);
    let price = deficit_usd / exposure;
    (price > 0.0 && price.is_finite()).then_some(price)
}

// Sums the other assets for the same reason as `Account::other_debt_usd`.
fn other_capacity_usd(
    account: &Account,
    prices: &Prices,
    reserves: &[ReserveParameters],
    asset: AssetId,
) -> f64 {
    let others = account.collateral.iter().filter(|collateral| collateral.asset != asset);
    others
        .map(|collateral| {
            collateral.value_usd(prices) * reserves[collateral.asset.index()].liquidation_threshold
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AssetAmount, CloseFactorRule};

    const ETH: AssetId = AssetId(0);
    const DAI: AssetId = AssetId(1);
    const PRICES: [f64; 2] = [2_000.0, 1.0];

    fn reserves() -> [ReserveParameters; 2] {
        [0.8, 0.75].map(|threshold| {
            ReserveParameters::new(0.7, threshold, 0.05, CloseFactorRule::Full).unwrap()
        })
    }

    fn price(
        collateral: &[(AssetId, f64)],
        debt: &[(AssetId, f64)],
        asset: AssetId,
    ) -> Option<f64> {
        let side = |amounts: &[(AssetId, f64)]| {
            amounts.iter().map(|&(asset, amount)| AssetAmount::new(asset, amount)).collect()
        };
        let account = Account::new(side(collateral), side(debt));
        liquidation_price(&account, &PRICES, &reserves(), asset)
    }

    #[test]
    fn one_collateral_is_liquidated_at_debt_over_capacity() {
        assert_eq!(price(&[(ETH, 10.0)], &[(DAI, 12_000.0)], ETH), Some(1_500.0));
    }

    #[test]
    fn a_short_is_liquidated_by_a_rising_price() {
        assert_eq!(price(&[(DAI, 40_000.0)], &[(ETH, 10.0)], ETH), Some(3_000.0));
    }

    #[test]
    fn the_same_asset_on_both_sides_is_netted() {
        let long = price(&[(ETH, 10.0)], &[(ETH, 3.0), (DAI, 5_000.0)], ETH);
        assert_eq!(long, Some(1_000.0));
        assert_eq!(price(&[(ETH, 10.0)], &[(ETH, 8.0)], ETH), None);
    }

    #[test]
    fn no_price_liquidates_a_loan_secured_by_other_assets() {
        assert_eq!(price(&[(ETH, 1.0), (DAI, 4_000.0)], &[(DAI, 3_000.0)], ETH), None);
        assert_eq!(price(&[(ETH, 1.0)], &[], ETH), None);
        assert_eq!(price(&[], &[(DAI, 1.0)], ETH), None);
    }
}
