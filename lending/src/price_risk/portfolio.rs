//! The volatility of a health factor from the volatilities of its assets.

use crate::position::{Account, Prices, ReserveParameters, liquidation_capacity_usd};

/// Writes the sensitivity of the log health factor to each log price into `weights`, indexed by
/// asset: `LT C P / sum LT C P` of collateral minus `D P / sum D P` of debt.
///
/// An asset on both sides is netted. A side without value has no weights; assets that are not in the
/// account have weight 0.
///
/// # Panics
/// If an asset has no price, no reserve or no entry in `weights`.
pub fn signed_weights(
    account: &Account,
    prices: &Prices,
    reserves: &[ReserveParameters],
    weights: &mut [f64],
) {
    weights.fill(0.0);
    let per_capacity = reciprocal(liquidation_capacity_usd(account, prices, reserves));
    let per_debt = reciprocal(account.debt_usd(prices));
    for collateral in &account.collateral {
        let index = collateral.asset.index();
        let capacity_usd = collateral.value_usd(prices) * reserves[index].liquidation_threshold;
        weights[index] += capacity_usd * per_capacity;
    }
    for debt in &account.debt {
        weights[debt.asset.index()] -= debt.value_usd(prices) * per_debt;
    }
}

/// Volatility of a portfolio, `sqrt(w' S w)`, in the square root of the covariance's unit: per square
/// root of a year if `covariance` is per year.
///
/// `covariance` of log returns is row-major, `n` by `n` for `n` weights, and symmetric. A
/// variance that rounding makes negative counts as 0.
///
/// # Panics
/// If `covariance` has not `n * n` entries.
#[must_use]
pub fn portfolio_volatility(weights: &[f64], covariance: &[f64]) -> f64 {
    let n = weights.len();
    assert_eq!(covariance.len(), n * n, "covariance is not {n} by {n}");
    let mut variance = 0.0;
    // An account has few of many assets, so most rows are skipped.
    for (i, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
        let row = &covariance[i * n..(i + 1) * n];
        variance += weight * row.iter().zip(weights).map(|(s, w)| s * w).sum::<f64>();
    }
    variance.max(0.0).sqrt()
}

fn reciprocal(total_usd: f64) -> f64 {
    if total_usd > 0.0 { 1.0 / total_usd } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AssetAmount, AssetId, CloseFactorRule};

    const PRICES: [f64; 3] = [2_000.0, 1.0, 40_000.0];

    fn weights(collateral: &[(u32, f64)], debt: &[(u32, f64)]) -> [f64; 3] {
        let side = |amounts: &[(u32, f64)]| {
            amounts
                .iter()
                .map(|&(asset, amount)| AssetAmount::new(AssetId(asset), amount))
                .collect()
        };
        let reserves = [0.8, 0.5, 0.4].map(|threshold| {
            ReserveParameters::new(0.4, threshold, 0.0, CloseFactorRule::Full).unwrap()
        });
        let mut weights = [f64::NAN; 3];
        let account = Account::new(side(collateral), side(debt));
        signed_weights(&account, &PRICES, &reserves, &mut weights);
        weights
    }

    #[test]
    fn collateral_is_weighted_by_its_threshold() {
        assert_eq!(weights(&[(0, 10.0), (2, 1.0)], &[(1, 9_000.0)]), [0.5, -1.0, 0.5]);
    }

    #[test]
    fn an_asset_on_both_sides_cancels() {
        assert_eq!(weights(&[(0, 10.0)], &[(0, 3.0)]), [0.0; 3]);
        assert_eq!(weights(&[(0, 10.0)], &[(0, 1.0), (1, 6_000.0)]), [0.75, -0.75, 0.0]);
    }

    #[test]
    fn an_empty_side_has_no_weights() {
        assert_eq!(weights(&[], &[(1, 1.0)]), [0.0, -1.0, 0.0]);
        assert_eq!(weights(&[], &[]), [0.0; 3]);
    }

    #[test]
    fn correlated_long_and_short_hedge_each_other() {
        let covariance = [0.64, 0.48, 0.48, 0.36];
        assert!((portfolio_volatility(&[1.0, 0.0], &covariance) - 0.8).abs() < 1e-15);
        assert!((portfolio_volatility(&[1.0, -1.0], &covariance) - 0.2).abs() < 1e-15);
        assert!(portfolio_volatility(&[0.6, -0.8], &covariance) < 1e-8);
    }
}
