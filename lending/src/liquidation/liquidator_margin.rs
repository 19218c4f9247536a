//! Profit of a liquidator who sells the seized collateral at once.

/// Revenue and costs of one liquidation for its liquidator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiquidatorMargin {
    /// Debt repaid, USD.
    pub repaid_usd: f64,
    /// Collateral received above the debt repaid, net of the protocol's share (.05 = 5 %).
    pub liquidation_bonus: f64,
    /// Fraction of its value lost in the sale of the seized collateral, fees included.
    pub slippage: f64,
    /// Transaction cost, USD.
    pub gas_usd: f64,
}

impl LiquidatorMargin {
    /// Profit, USD: `q ((1 + LB) (1 - slippage) - 1) - gas`.
    #[must_use]
    pub fn profit_usd(&self) -> f64 {
        let Self { repaid_usd, liquidation_bonus, slippage, gas_usd } = *self;
        repaid_usd * ((1.0 + liquidation_bonus) * (1.0 - slippage) - 1.0) - gas_usd
    }

    /// Whether the liquidation is profitable: `(1 + LB) (1 - slippage) >= 1 + gas / q` for a `q` above 0.
    #[must_use]
    pub fn breaks_even(&self) -> bool {
        self.repaid_usd > 0.0 && self.profit_usd() >= 0.0
    }

    /// The smallest profitable bonus, `(1 + gas / q) / (1 - slippage) - 1`; infinite if the sale has
    /// no proceeds.
    #[must_use]
    pub fn break_even_bonus(&self) -> f64 {
        if self.slippage < 1.0 && self.repaid_usd > 0.0 {
            (1.0 + self.gas_usd / self.repaid_usd) / (1.0 - self.slippage) - 1.0
        } else {
            f64::INFINITY
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: LiquidatorMargin = LiquidatorMargin {
        repaid_usd: 10_000.0,
        liquidation_bonus: 0.05,
        slippage: 0.01,
        gas_usd: 50.0,
    };

    #[test]
    fn profit_is_the_bonus_less_slippage_and_gas() {
        assert!((OFFER.profit_usd() - 345.0).abs() < 1e-9);
        assert!(OFFER.breaks_even());
        assert!(!LiquidatorMargin { slippage: 0.05, ..OFFER }.breaks_even());
        assert!(!LiquidatorMargin { repaid_usd: 0.0, gas_usd: 0.0, ..OFFER }.breaks_even());
    }

    #[test]
    fn break_even_bonus_leaves_no_profit() {
        let liquidation_bonus = OFFER.break_even_bonus();
        let offer = LiquidatorMargin { liquidation_bonus, ..OFFER };
        assert!(offer.profit_usd().abs() < 1e-9);
        let worthless = LiquidatorMargin { slippage: 1.0, ..OFFER };
        assert_eq!(worthless.break_even_bonus(), f64::INFINITY);
    }
}
