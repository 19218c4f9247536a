//! Liquidations, exact to the last unit. Source: `LiquidationLogic.executeLiquidationCall`.

mod error;
mod exchange;
mod limits;
mod settlement;

pub use error::LiquidationError;

use ruint::aliases::U256;

use super::account_data::AccountData;
use super::borrower::Borrower;
use super::release::Release;
use super::wad_ray_math::WAD;
use exchange::ExchangeTerms;
use settlement::Settlement;

/// Arguments of `Pool.liquidationCall`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiquidationCall {
    /// Index of the position whose collateral is seized.
    pub collateral: usize,
    /// Index of the position whose debt is repaid.
    pub debt: usize,
    /// Maximum debt to repay, smallest units.
    pub debt_to_cover: U256,
    /// How the seized collateral is paid out.
    pub payout: Payout,
}

/// How seized collateral is paid out (`receiveAToken`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payout {
    /// As the underlying token, which must be available in the pool.
    Underlying,
    /// As an aToken balance.
    AToken,
}

/// Amounts moved by a liquidation, and the balances afterwards, in smallest units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Liquidation {
    /// Debt repaid (`debtToCover` of the event).
    pub debt_covered: U256,
    /// Collateral that the liquidator receives (`liquidatedCollateralAmount` of the event).
    pub collateral_liquidated: U256,
    /// Collateral that the treasury receives.
    pub protocol_fee: U256,
    /// Remaining scaled debt in the repaid asset.
    pub scaled_debt_left: U256,
    /// Remaining scaled balance of the seized asset.
    pub scaled_collateral_left: U256,
    /// Whether the seized asset no longer counts as collateral.
    pub collateral_disabled: bool,
    /// Debt written off because no collateral is left (`DeficitCreated`); no debt remains then. Empty
    /// in release 3.0, where such debt remains.
    pub deficits: Vec<Deficit>,
}

/// Debt written off in one reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deficit {
    /// Index of the position with the debt.
    pub position: usize,
    /// Amount, smallest units.
    pub amount: U256,
}

impl Borrower<'_> {
    /// Liquidates this account: `Pool.liquidationCall`.
    ///
    /// # Errors
    /// [`LiquidationError`] if the contract would revert.
    ///
    /// # Panics
    /// If an index of the call is out of range.
    pub fn liquidate(&self, call: &LiquidationCall) -> Result<Liquidation, LiquidationError> {
        let data = self.account_data()?;
        let terms = ExchangeTerms::new(self, call)?;
        self.validate(call, &data, &terms)?;
        let debt_to_cover = call.debt_to_cover.min(limits::max_repayable(&data, &terms)?);
        let exchange = terms.exchange(debt_to_cover)?;
        limits::check_no_dust(&terms, &exchange)?;
        Settlement { borrower: self, call, terms, exchange }.into_liquidation(&data)
    }

    /// `ValidationLogic.validateLiquidationCall`, the checks that depend on amounts.
    fn validate(
        &self,
        call: &LiquidationCall,
        data: &AccountData,
        terms: &ExchangeTerms,
    ) -> Result<(), LiquidationError> {
        let health_factor_wad = data.health_factor_wad;
        if health_factor_wad >= WAD {
            return Err(LiquidationError::HealthFactorNotBelowThreshold { health_factor_wad });
        }
        let collateral = &self.positions[call.collateral];
        let barred =
            self.release == Release::V3_0 && collateral.reserve.liquidation_threshold_bps == 0;
        if barred || !collateral.used_as_collateral {
            let position = call.collateral;
            return Err(LiquidationError::CollateralCannotBeLiquidated { position });
        }
        if terms.debt_balance.is_zero() {
            return Err(LiquidationError::SpecifiedCurrencyNotBorrowed { position: call.debt });
        }
        Ok(())
    }
}
