//! `SmartLTV`: a loan-to-value from volatility and depth alone, for comparison.

mod integer;

use thiserror::Error;

pub use integer::{RiskData, smart_ltv_wad};

/// The contract's reverts, and its divisions by zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SmartLtvError {
    /// `TIMEOUT`: the data is more than a day old.
    #[error("figures of {last_update_s} s are more than a day old at {now_s} s")]
    Timeout {
        /// Time of the data, Unix seconds.
        last_update_s: u64,
        /// Now, Unix seconds.
        now_s: u64,
    },
    /// `WRONG_LIQUIDATION_BONUS`: the requested bonus is below the one of the data.
    #[error(
        "liquidation bonus {requested_wad} is below {reference_wad}, which the liquidity is for"
    )]
    WrongLiquidationBonus {
        /// The requested bonus, 1e18 for 1.
        requested_wad: u128,
        /// The bonus of the data, 1e18 for 1.
        reference_wad: u128,
    },
    /// The cap or the liquidity is 0, which would divide by zero.
    #[error("{quantity} is 0")]
    Zero {
        /// The quantity.
        quantity: &'static str,
    },
}

/// A market's inputs to `SmartLTV`; liquidity and debt in the same unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SmartLtv {
    /// Volatility `sigma`, per square root of a day.
    pub volatility: f64,
    /// Amount that can be sold within a slippage of the bonus.
    pub liquidity: f64,
    /// Debt cap, or the debt.
    pub debt: f64,
    /// Liquidation bonus `beta`, a fraction.
    pub liquidation_bonus: f64,
}

impl SmartLtv {
    /// `exp(-c sigma / sqrt(l / d)) - beta`, never below 0, for a confidence factor `c`.
    ///
    /// backstop-protocol/smart-ltv, `SmartLTV.ltv`.
    #[must_use]
    pub(crate) fn ltv(&self, confidence: f64) -> f64 {
        let exponent = -confidence * self.volatility / (self.liquidity / self.debt).sqrt();
        (exponent.exp() - self.liquidation_bonus).max(0.0)
    }

    /// `r = 1 / c = sigma sqrt(d) / (ln(1 / (LTV + beta)) sqrt(l))`: the risk factor implied by a
    /// loan-to-value; infinite if it leaves no margin.
    #[must_use]
    pub(crate) fn implied_risk_factor(&self, ltv: f64) -> f64 {
        let spared = -(ltv + self.liquidation_bonus).ln();
        if spared > 0.0 {
            self.volatility * self.debt.sqrt() / (spared * self.liquidity.sqrt())
        } else {
            f64::INFINITY
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKET: SmartLtv =
        SmartLtv { volatility: 0.02, liquidity: 1e6, debt: 1e6, liquidation_bonus: 0.05 };

    #[test]
    fn published_vector_is_reproduced() {
        assert!((MARKET.ltv(10.0) - 0.768_731).abs() < 5e-7);
    }

    /// `testLTVCalculationExact` of the contract's own tests.
    #[test]
    fn contract_vector_is_reproduced() {
        let market = SmartLtv { volatility: 0.10, liquidity: 1e6, debt: 2e5, ..MARKET };
        assert!((market.ltv(3.0) - 0.824_446_57).abs() < 1e-8);
    }

    #[test]
    fn implied_factor_inverts_the_confidence() {
        for confidence in [1.0, 3.0, 10.0] {
            let implied = MARKET.implied_risk_factor(MARKET.ltv(confidence));
            assert!((implied * confidence - 1.0).abs() < 1e-12);
        }
        assert_eq!(MARKET.implied_risk_factor(0.96), f64::INFINITY);
    }

    #[test]
    fn volatility_debt_and_low_liquidity_lower_the_ltv() {
        let ltv = MARKET.ltv(3.0);
        assert!(SmartLtv { volatility: 0.03, ..MARKET }.ltv(3.0) < ltv);
        assert!(SmartLtv { liquidity: 5e5, ..MARKET }.ltv(3.0) < ltv);
        assert!(SmartLtv { debt: 2e6, ..MARKET }.ltv(3.0) < ltv);
        assert_eq!(SmartLtv { volatility: 9.0, ..MARKET }.ltv(3.0), 0.0);
    }
}
