//! The sensitivity curve: liquidations at a fall of all volatile prices.

use std::borrow::Cow;

use plimsoll_lending::{Account, AssetId, ReserveParameters, health_factor};
use serde::Serialize;

/// Liquidatable accounts after a fall of prices.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Sensitivity {
    /// Fall of every volatile price, a fraction.
    pub fall: f64,
    /// Accounts with a health factor below 1 after it.
    pub accounts: usize,
    /// Their collateral at the fallen prices, USD.
    pub collateral_usd: f64,
    /// Their debt at the fallen prices, USD.
    pub debt_usd: f64,
}

/// Computes the liquidatable accounts after each of `falls` separately.
///
/// `prices` and `reserves` are by asset; the prices of `stable` assets do not fall. Qin et al.
/// (2021), An Empirical Study of DeFi Liquidations, arXiv 2106.06389, algorithm 1.
///
/// # Panics
/// If an account has an asset without a price or reserve.
#[must_use]
pub fn sensitivity(
    accounts: &[Account],
    prices: &[f64],
    reserves: &[ReserveParameters],
    stable: &[AssetId],
    falls: &[f64],
) -> Vec<Sensitivity> {
    let accounts: Vec<_> = accounts.iter().map(|a| (a, Cow::Borrowed(reserves))).collect();
    sensitivity_with_overrides(&accounts, prices, stable, falls)
}

/// The same, with each account's own reserve parameters.
pub(crate) fn sensitivity_with_overrides(
    accounts: &[(&Account, Cow<'_, [ReserveParameters]>)],
    prices: &[f64],
    stable: &[AssetId],
    falls: &[f64],
) -> Vec<Sensitivity> {
    falls
        .iter()
        .map(|&fall| sensitivity_at(accounts, &shocked_prices(prices, stable, fall), fall))
        .collect()
}

fn shocked_prices(prices: &[f64], stable: &[AssetId], fall: f64) -> Vec<f64> {
    let is_stable = |asset: usize| stable.iter().any(|stable| stable.index() == asset);
    let price = |(asset, price): (usize, &f64)| {
        if is_stable(asset) { *price } else { price * (1.0 - fall) }
    };
    prices.iter().enumerate().map(price).collect()
}

fn sensitivity_at(
    accounts: &[(&Account, Cow<'_, [ReserveParameters]>)],
    prices: &[f64],
    fall: f64,
) -> Sensitivity {
    let mut sum = Sensitivity { fall, accounts: 0, collateral_usd: 0.0, debt_usd: 0.0 };
    let falls = |(account, reserves): &&(&Account, Cow<'_, [ReserveParameters]>)| {
        health_factor(account, prices, reserves) < 1.0
    };
    for (account, _) in accounts.iter().filter(falls) {
        sum.accounts += 1;
        sum.collateral_usd += account.collateral_usd(prices);
        sum.debt_usd += account.debt_usd(prices);
    }
    sum
}

#[cfg(test)]
mod tests {
    use plimsoll_lending::{AssetAmount, CloseFactorRule};

    use super::*;

    fn curve(falls: &[f64]) -> Vec<Sensitivity> {
        let threshold = 0.8;
        let eth = ReserveParameters::new(threshold, threshold, 0.05, CloseFactorRule::Full);
        let reserves = [eth.expect("sound"), ReserveParameters::borrow_only(CloseFactorRule::Full)];
        let account = |debt: f64| {
            Account::new(
                vec![AssetAmount::new(AssetId(0), 1.0)],
                vec![AssetAmount::new(AssetId(1), debt)],
            )
        };
        let accounts = [account(700.0), account(600.0), account(0.0)];
        sensitivity(&accounts, &[1_000.0, 1.0], &reserves, &[AssetId(1)], falls)
    }

    #[test]
    fn account_is_liquidatable_when_its_buffer_is_exhausted() {
        // Buffers are 1 - 700 / 800 = 12.5 % and 1 - 600 / 800 = 25 %.
        let curve = curve(&[0.12, 0.13, 0.24, 0.26, 0.99]);
        assert_eq!(curve.iter().map(|s| s.accounts).collect::<Vec<_>>(), [0, 1, 1, 2, 2]);
        assert_eq!(curve[1].debt_usd, 700.0);
        assert_eq!(curve[1].collateral_usd, 870.0);
    }

    #[test]
    fn deeper_fall_never_liquidates_less() {
        let curve = curve(&(0..100).map(|p| f64::from(p) / 100.0).collect::<Vec<_>>());
        assert!(curve.windows(2).all(|pair| pair[0].debt_usd <= pair[1].debt_usd));
    }
}
