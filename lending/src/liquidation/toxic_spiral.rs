//! Toxic liquidation spirals: liquidations whose price impact raises the loan-to-value.

/// The liquidity penalty of a liquidation's price impact: `1 + fall (C - s) / s` for
/// `s` of collateral sold out of `C`, whose price falls by the fraction `fall`.
///
/// It is the `lambda` of McFarlane, arXiv 2510.10171, for a step of any size; with
/// [`liquidation_lowers_ltv`] it determines exactly whether the loan-to-value falls. For an
/// infinitesimal sale into a constant-product pool with `y` of the debt asset it is `1 + 2 C / y`. It
/// is 1 if nothing is sold.
#[must_use]
pub fn liquidity_penalty(collateral_usd: f64, sold_usd: f64, price_fall: f64) -> f64 {
    if sold_usd > 0.0 {
        1.0 + price_fall * (collateral_usd - sold_usd).max(0.0) / sold_usd
    } else {
        1.0
    }
}

/// Whether a liquidation lowers the loan-to-value, `LTV (1 + LB) lambda < 1`: otherwise
/// each liquidation causes the next (Warmuz, Chaudhary and Pinna, Toxic Liquidation Spirals,
/// arXiv 2212.07306; with `liquidity_penalty` for `lambda`, arXiv 2510.10171).
///
/// For a reserve, evaluate it at the liquidation threshold.
#[must_use]
pub fn liquidation_lowers_ltv(
    loan_to_value: f64,
    liquidation_bonus: f64,
    liquidity_penalty: f64,
) -> bool {
    loan_to_value * (1.0 + liquidation_bonus) * liquidity_penalty < 1.0
}

/// The loan-to-value at and above which a liquidation does not lower it, `1 / ((1 + LB) lambda)`.
#[must_use]
pub fn toxic_loan_to_value(liquidation_bonus: f64, liquidity_penalty: f64) -> f64 {
    1.0 / ((1.0 + liquidation_bonus) * liquidity_penalty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_impact_the_bonus_alone_bounds_the_loan() {
        assert_eq!(liquidity_penalty(1_000.0, 0.0, 0.5), 1.0);
        assert_eq!(liquidity_penalty(1_000.0, 10.0, 0.0), 1.0);
        assert!(liquidation_lowers_ltv(0.8, 0.2, 1.0) && !liquidation_lowers_ltv(0.84, 0.2, 1.0));
        assert_eq!(toxic_loan_to_value(0.25, 1.0), 0.8);
    }

    #[test]
    fn small_constant_product_sale_has_penalty_one_plus_two_collateral_over_depth() {
        let (collateral_usd, depth_usd, sold_usd) = (3_000.0_f64, 10_000.0_f64, 1e-4);
        let fall = 1.0 - (1.0 + sold_usd / depth_usd).powi(-2);
        let penalty = liquidity_penalty(collateral_usd, sold_usd, fall);
        assert!((penalty - (1.0 + 2.0 * collateral_usd / depth_usd)).abs() < 1e-6);
    }
}
