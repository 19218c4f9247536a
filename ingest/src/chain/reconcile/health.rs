//! An account's health in the contracts' own integers.
//!
//! Source: `GenericLogic.calculateUserAccountData` of `aave/aave-v3-core` 1.19.3 and of
//! `aave-dao/aave-v3-origin` 3.6.0.

use alloy_primitives::U256;

use crate::chain::adapter::aave_v3::Rounding;

const BPS: u64 = 10_000;
const WAD: u64 = 1_000_000_000_000_000_000;

/// One asset of one account, with interest.
#[derive(Debug, Clone, Copy)]
pub(super) struct AssetBalance {
    /// Balance that counts as collateral, smallest units.
    pub(super) collateral: U256,
    /// Debt, smallest units.
    pub(super) debt: U256,
    /// Oracle price, in the oracle's unit.
    pub(super) price: U256,
    /// Smallest units in a token.
    pub(super) unit: U256,
    /// Liquidation threshold, hundredths of a per cent.
    pub(super) threshold_bps: U256,
    /// Max LTV, hundredths of a per cent.
    pub(super) max_ltv_bps: U256,
}

/// What `getUserAccountData` says of an account, but for what it may still borrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountHealth {
    /// Its collateral, in the oracle's unit.
    pub collateral: U256,
    /// Its debt, in the oracle's unit.
    pub debt: U256,
    /// Average max LTV, hundredths of a per cent.
    pub max_ltv_bps: U256,
    /// Average liquidation threshold, hundredths of a per cent.
    pub liquidation_threshold_bps: U256,
    /// Health factor with 18 decimals; the largest integer without debt.
    pub health_factor: U256,
}

/// An account's health from what it holds and owes.
pub(super) fn account_health(holdings: &[AssetBalance], rounding: Rounding) -> AccountHealth {
    let (mut collateral, mut weighted, mut lent, mut debt) =
        (U256::ZERO, U256::ZERO, U256::ZERO, U256::ZERO);
    for holding in holdings {
        let value = holding.collateral * holding.price / holding.unit;
        // Until 3.4 an asset without a threshold is no collateral at all; it weighs nothing.
        if rounding == Rounding::Directed || !holding.threshold_bps.is_zero() {
            collateral += value;
            weighted += value * holding.threshold_bps;
            lent += value * holding.max_ltv_bps;
        }
        let owed = holding.debt * holding.price;
        debt += match rounding {
            Rounding::HalfUp => owed / holding.unit,
            Rounding::Directed => owed.div_ceil(holding.unit),
        };
    }
    let average = |weighted: U256| weighted.checked_div(collateral).unwrap_or_default();
    let health_factor = match rounding {
        _ if debt.is_zero() => U256::MAX,
        Rounding::HalfUp => {
            // The average threshold loses its fraction of a hundredth of a per cent.
            let counted = collateral * average(weighted) + U256::from(BPS / 2);
            wad_div(counted / U256::from(BPS), debt)
        }
        Rounding::Directed => wad_div(weighted, debt) / U256::from(BPS),
    };
    AccountHealth {
        collateral,
        debt,
        max_ltv_bps: average(lent),
        liquidation_threshold_bps: average(weighted),
        health_factor,
    }
}

fn wad_div(a: U256, b: U256) -> U256 {
    (a * U256::from(WAD) + b / U256::from(2)) / b
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holding(collateral: u64, debt: u64, price: u64, threshold_bps: u64) -> AssetBalance {
        let [collateral, debt, price, threshold_bps] =
            [collateral, debt, price, threshold_bps].map(U256::from);
        let max_ltv_bps = threshold_bps - U256::from(250);
        AssetBalance { collateral, debt, price, unit: U256::from(1), threshold_bps, max_ltv_bps }
    }

    fn health_factor(holdings: &[AssetBalance], rounding: Rounding) -> U256 {
        account_health(holdings, rounding).health_factor
    }

    #[test]
    fn the_average_threshold_is_floored_up_to_release_3_4() {
        // (100 * 8250 + 50 * 7777) / 150 = 8092.33 hundredths of a per cent.
        let holdings = [holding(100, 0, 1, 8250), holding(50, 100, 1, 7777)];
        let old = f64::from(health_factor(&holdings, Rounding::HalfUp)) / 1e18;
        let new = f64::from(health_factor(&holdings, Rounding::Directed)) / 1e18;
        assert!((new - 1.213_85).abs() < 1e-12, "{new}");
        // 150 * 0.8092 = 121.38, and no fraction is kept of whole dollars.
        assert!((old - 1.21).abs() < 1e-12, "{old}");
    }

    #[test]
    fn without_debt_health_is_the_largest_integer() {
        assert_eq!(health_factor(&[holding(1, 0, 1, 250)], Rounding::HalfUp), U256::MAX);
    }

    #[test]
    fn averages_are_weighted_by_value_and_floored() {
        let holdings = [holding(100, 0, 1, 8250), holding(50, 100, 1, 7777)];
        for rounding in [Rounding::HalfUp, Rounding::Directed] {
            let health = account_health(&holdings, rounding);
            let told = [health.max_ltv_bps, health.liquidation_threshold_bps, health.collateral];
            assert_eq!(told, [7842, 8092, 150].map(U256::from));
        }
    }
}
