//! Liquidations, exact to the last unit. Source: `Morpho.liquidate`.

use ruint::aliases::U256;
use thiserror::Error;

use super::incentive::liquidation_incentive_factor_wad;
use super::market::{Market, ORACLE_PRICE_SCALE, Position};
use crate::fixed_point::morpho_blue::{to_uint128, w_div_up, w_mul_down};
use crate::fixed_point::{ArithmeticError, Rounding, mul_div, sub};

/// The amount of a liquidation, in one of two units; the contract computes the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiquidationAmount {
    /// Collateral to seize, smallest units.
    SeizedAssets(U256),
    /// Debt to repay, in shares.
    RepaidShares(U256),
}

/// Amounts moved by a liquidation, and the state afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liquidation {
    /// Debt repaid, smallest units of the loan asset.
    pub repaid_assets: U256,
    /// Debt repaid, shares.
    pub repaid_shares: U256,
    /// Collateral seized, smallest units.
    pub seized_assets: U256,
    /// Bad debt that the lenders lose if no collateral is left, smallest units of the loan asset.
    pub bad_debt_assets: U256,
    /// Bad debt in shares.
    pub bad_debt_shares: U256,
    /// The position afterwards.
    pub position: Position,
    /// The market afterwards.
    pub market: Market,
}

/// Reasons for `Morpho.liquidate` to revert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LiquidationError {
    /// Overflow, underflow or division by 0.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// `HEALTHY_POSITION`.
    #[error("the position is healthy")]
    HealthyPosition,
    /// `INCONSISTENT_INPUT`: the amount is 0.
    #[error("neither collateral nor shares are given")]
    InconsistentInput,
}

impl Market {
    /// Liquidates a position at a price of the collateral in the loan asset, scaled by 1e36:
    /// `Morpho.liquidate`.
    ///
    /// # Errors
    /// [`LiquidationError`] if the contract would revert.
    pub fn liquidate(
        &self,
        position: &Position,
        price: U256,
        seizure: LiquidationAmount,
    ) -> Result<Liquidation, LiquidationError> {
        if let LiquidationAmount::SeizedAssets(U256::ZERO)
        | LiquidationAmount::RepaidShares(U256::ZERO) = seizure
        {
            return Err(LiquidationError::InconsistentInput);
        }
        if self.is_healthy(position, price)? {
            return Err(LiquidationError::HealthyPosition);
        }
        let (seized_assets, repaid_shares) = self.exchange(price, seizure)?;
        let repaid_assets = self.borrow_assets(repaid_shares, Rounding::Up)?;
        let repaid_shares = to_uint128(repaid_shares)?;
        let mut liquidation = Liquidation {
            repaid_assets,
            repaid_shares,
            seized_assets,
            bad_debt_assets: U256::ZERO,
            bad_debt_shares: U256::ZERO,
            position: Position {
                borrow_shares: sub(position.borrow_shares, repaid_shares)?,
                collateral: sub(position.collateral, seized_assets)?,
            },
            market: Self {
                total_borrow_shares: sub(self.total_borrow_shares, repaid_shares)?,
                // The repaid amount is rounded up and may exceed the total debt by one unit.
                total_borrow_assets: self.total_borrow_assets.saturating_sub(repaid_assets),
                ..*self
            },
        };
        if liquidation.position.collateral.is_zero() {
            liquidation.socialise_bad_debt()?;
        }
        Ok(liquidation)
    }

    /// Collateral seized and shares repaid; the computed one is rounded against the liquidator.
    fn exchange(
        &self,
        price: U256,
        seizure: LiquidationAmount,
    ) -> Result<(U256, U256), ArithmeticError> {
        let factor = liquidation_incentive_factor_wad(self.lltv_wad)?;
        match seizure {
            LiquidationAmount::SeizedAssets(seized) => {
                let quoted = mul_div(seized, price, ORACLE_PRICE_SCALE, Rounding::Up)?;
                Ok((seized, self.borrow_shares_up(w_div_up(quoted, factor)?)?))
            }
            LiquidationAmount::RepaidShares(shares) => {
                let repaid = self.borrow_assets(shares, Rounding::Down)?;
                let quoted = w_mul_down(repaid, factor)?;
                Ok((mul_div(quoted, ORACLE_PRICE_SCALE, price, Rounding::Down)?, shares))
            }
        }
    }
}

impl Liquidation {
    /// Subtracts the remaining debt from the lenders' assets.
    fn socialise_bad_debt(&mut self) -> Result<(), ArithmeticError> {
        let market = &mut self.market;
        let shares = self.position.borrow_shares;
        let assets = market.borrow_assets(shares, Rounding::Up)?.min(market.total_borrow_assets);
        market.total_borrow_assets = sub(market.total_borrow_assets, assets)?;
        market.total_supply_assets = sub(market.total_supply_assets, assets)?;
        market.total_borrow_shares = sub(market.total_borrow_shares, shares)?;
        self.position.borrow_shares = U256::ZERO;
        (self.bad_debt_assets, self.bad_debt_shares) = (assets, shares);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed_point::uint;

    /// A loan asset with 6 decimals, and a collateral with 18 decimals at a price of 2,000.
    const MARKET: Market = Market {
        total_supply_assets: uint(1_000_000_000_000),
        total_supply_shares: uint(1_000_000_000_000_000_000),
        total_borrow_assets: uint(500_000_000_000),
        total_borrow_shares: uint(500_000_000_000_000_000),
        lltv_wad: uint(860_000_000_000_000_000),
    };
    const PRICE: U256 = uint(2_000_000_000_000_000_000_000_000_000);
    const COLLATERAL: U256 = uint(10_000_000_000_000_000_000);

    fn position_owing(shares: u128) -> Position {
        Position { borrow_shares: uint(shares), collateral: COLLATERAL }
    }

    #[test]
    fn healthy_position_is_not_liquidated() {
        let position = position_owing(17_199_000_000_000_000);
        let found = MARKET.liquidate(&position, PRICE, LiquidationAmount::SeizedAssets(uint(1)));
        assert_eq!(found, Err(LiquidationError::HealthyPosition));
        let found = MARKET.liquidate(&position, PRICE, LiquidationAmount::RepaidShares(U256::ZERO));
        assert_eq!(found, Err(LiquidationError::InconsistentInput));
    }

    #[test]
    fn all_collateral_seized_leaves_the_rest_to_the_lenders() {
        let position = position_owing(20_000_000_000_000_000);
        let found = MARKET
            .liquidate(&position, PRICE, LiquidationAmount::SeizedAssets(COLLATERAL))
            .unwrap();
        assert_eq!(found.position, Position { borrow_shares: U256::ZERO, collateral: U256::ZERO });
        let repaid = f64::from(found.repaid_assets) / 1e6;
        assert!((repaid - 20_000.0 / 1.043_841_336_117).abs() < 1e-5, "{repaid}");
        let lost = MARKET.total_supply_assets - found.market.total_supply_assets;
        assert_eq!(lost, found.bad_debt_assets);
        assert!((f64::from(lost) / 1e6 - (20_000.0 - repaid)).abs() < 1e-5);
    }

    #[test]
    fn more_than_the_collateral_cannot_be_seized() {
        let position = position_owing(20_000_000_000_000_000);
        let all = LiquidationAmount::RepaidShares(position.borrow_shares);
        let found = MARKET.liquidate(&position, PRICE, all);
        assert_eq!(found, Err(LiquidationError::Arithmetic(ArithmeticError::Underflow)));
    }
}
