//! A protocol's risk parameters of one asset.

use super::close_factor::CloseFactorRule;
use crate::error::{LendingError, check_range};

// Parameters have at most four decimals, so products other than 1 differ from it by at least 1e-8.
const SOLVENCY_TOLERANCE: f64 = 1e-9;

/// A protocol's risk parameters of one asset, as fractions.
///
/// | | `liquidation_threshold` | `liquidation_bonus` |
/// |---|---|---|
/// | Aave v2, v3 | liquidation threshold | liquidation bonus less 1 |
/// | Maker | 1 / `mat` of the ilk | `chop` less 1 |
/// | Morpho Blue | LLTV | liquidation incentive factor less 1 |
/// | Compound v3 | `liquidateCollateralFactor` | 1 / `liquidationFactor` less 1 |
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReserveParameters {
    /// Maximum debt per USD of this collateral when borrowing.
    pub max_ltv: f64,
    /// Debt per USD of this collateral at which an account is liquidated; 0 if not usable as collateral.
    pub liquidation_threshold: f64,
    /// Collateral seized above the debt repaid (.05 = 5 %).
    pub liquidation_bonus: f64,
    /// Share of the bonus that the protocol keeps.
    pub liquidation_protocol_fee: f64,
    /// How much of a debt in this asset one liquidation may repay.
    pub close_factor: CloseFactorRule,
    /// Minimum debt of an account, USD: Maker `dust`, Compound v3 `baseBorrowMin`.
    pub minimum_debt_usd: f64,
}

impl ReserveParameters {
    /// Validated parameters of a collateral, without protocol fee and minimum debt.
    ///
    /// # Errors
    /// As [`validate`](Self::validate).
    pub fn new(
        max_ltv: f64,
        liquidation_threshold: f64,
        liquidation_bonus: f64,
        close_factor: CloseFactorRule,
    ) -> Result<Self, LendingError> {
        let parameters = Self {
            max_ltv,
            liquidation_threshold,
            liquidation_bonus,
            ..Self::borrow_only(close_factor)
        };
        parameters.validate()?;
        Ok(parameters)
    }

    /// Parameters of an asset that can be borrowed but not used as collateral.
    #[must_use]
    pub const fn borrow_only(close_factor: CloseFactorRule) -> Self {
        Self {
            max_ltv: 0.0,
            liquidation_threshold: 0.0,
            liquidation_bonus: 0.0,
            liquidation_protocol_fee: 0.0,
            close_factor,
            minimum_debt_usd: 0.0,
        }
    }

    /// Checks the range of every parameter and that `max_ltv` is at most `liquidation_threshold`.
    ///
    /// # Errors
    /// [`LendingError::OutOfRange`] or [`LendingError::LtvAboveThreshold`] for the first violation.
    pub fn validate(&self) -> Result<(), LendingError> {
        check_range("liquidation_threshold", self.liquidation_threshold, 0.0, 1.0)?;
        check_range("max_ltv", self.max_ltv, 0.0, 1.0)?;
        check_range("liquidation_bonus", self.liquidation_bonus, 0.0, 1.0)?;
        check_range("liquidation_protocol_fee", self.liquidation_protocol_fee, 0.0, 1.0)?;
        check_range("minimum_debt_usd", self.minimum_debt_usd, 0.0, f64::MAX)?;
        self.close_factor.validate()?;
        if self.max_ltv > self.liquidation_threshold {
            let Self { max_ltv, liquidation_threshold, .. } = *self;
            return Err(LendingError::LtvAboveThreshold { max_ltv, liquidation_threshold });
        }
        Ok(())
    }

    /// Checks `LT (1 + LB) <= 1`: at the threshold the collateral covers the debt and the bonus.
    ///
    /// The exact product is checked. Aave's `percentMul` rounds half up and accepts slightly larger
    /// products, such as .93 with a bonus of .0753.
    ///
    /// # Errors
    /// [`LendingError::InsolventAtThreshold`] if it does not.
    pub fn check_solvent_at_threshold(&self) -> Result<(), LendingError> {
        let Self { liquidation_threshold, liquidation_bonus, .. } = *self;
        if liquidation_threshold * (1.0 + liquidation_bonus) <= 1.0 + SOLVENCY_TOLERANCE {
            return Ok(());
        }
        Err(LendingError::InsolventAtThreshold { liquidation_threshold, liquidation_bonus })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reserve(
        max_ltv: f64,
        threshold: f64,
        bonus: f64,
    ) -> Result<ReserveParameters, LendingError> {
        ReserveParameters::new(max_ltv, threshold, bonus, CloseFactorRule::Full)
    }

    #[test]
    fn an_error_names_the_value_and_its_limit() {
        let error = reserve(0.8, 1.2, 0.05).unwrap_err();
        assert_eq!(error.to_string(), "liquidation_threshold is 1.2, outside 0 to 1");
        let error = reserve(0.9, 0.85, 0.05).unwrap_err();
        assert_eq!(error.to_string(), "max_ltv 0.9 exceeds liquidation_threshold 0.85");
        assert!(reserve(0.8, f64::NAN, 0.05).is_err());
        assert!(reserve(0.8, 0.85, -0.05).is_err());
    }

    #[test]
    fn solvency_is_checked_on_the_exact_product() {
        let solvent = |threshold, bonus| {
            reserve(0.5, threshold, bonus).unwrap().check_solvent_at_threshold().is_ok()
        };
        assert!(solvent(0.95, 0.0526) && !solvent(0.95, 0.0527));
        assert!(!solvent(0.93, 0.0753));
        assert!(solvent(0.8, 0.25) && solvent(0.64, 0.5625));
    }

    #[test]
    fn a_borrow_only_asset_is_valid() {
        let reserve = ReserveParameters::borrow_only(CloseFactorRule::default());
        assert_eq!(reserve.validate(), Ok(()));
        assert_eq!(reserve.check_solvent_at_threshold(), Ok(()));
    }

    #[test]
    fn reserve_with_invalid_close_factor_is_invalid() {
        let reserve = ReserveParameters::borrow_only(CloseFactorRule::Fixed(f64::NAN));
        assert!(reserve.validate().is_err());
    }
}
