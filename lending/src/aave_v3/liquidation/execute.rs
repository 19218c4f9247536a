//! Execution of a liquidation call. Source: `LiquidationLogic.executeLiquidationCall`.

use super::call::{Liquidation, LiquidationCall};
use super::error::LiquidationError;
use super::exchange::ExchangeTerms;
use super::limits;
use super::settlement::Settlement;
use crate::aave_v3::account_data::AccountData;
use crate::aave_v3::borrower::Borrower;
use crate::aave_v3::release::Release;
use crate::fixed_point::aave_v3::WAD;

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
            self.release < Release::V3_6 && collateral.reserve.liquidation_threshold_bps == 0;
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
