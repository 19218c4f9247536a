//! Scaled balances after a liquidation. Source: `LiquidationLogic`
//! (`_burnDebtTokens`, `_burnCollateralATokens`, `_burnBadDebt`), `ScaledBalanceTokenBase`.

use ruint::aliases::U256;

use super::call::{Deficit, Liquidation, LiquidationCall, Payout};
use super::error::LiquidationError;
use super::exchange::{Exchange, ExchangeTerms};
use crate::aave_v3::account_data::AccountData;
use crate::aave_v3::borrower::{Borrower, Position};
use crate::aave_v3::release::Release;
use crate::fixed_point::{ArithmeticError, add, sub};

pub(super) struct Settlement<'a> {
    pub(super) borrower: &'a Borrower<'a>,
    pub(super) call: &'a LiquidationCall,
    pub(super) terms: ExchangeTerms,
    pub(super) exchange: Exchange,
}

impl Settlement<'_> {
    pub(super) fn into_liquidation(
        self,
        data: &AccountData,
    ) -> Result<Liquidation, LiquidationError> {
        let Self { borrower, call, exchange, .. } = &self;
        let [collateral, debt] = [call.collateral, call.debt].map(|at| &borrower.positions[at]);
        let (scaled_collateral_left, protocol_fee) = self.collateral_left(collateral)?;
        let ruined = borrower.release.writes_off_bad_debt()
            && data.collateral_base == self.consumed_base(collateral, scaled_collateral_left)?;
        let scaled_debt_left = if ruined { U256::ZERO } else { self.debt_left(debt)? };
        Ok(Liquidation {
            debt_covered: exchange.debt,
            collateral_liquidated: exchange.collateral,
            protocol_fee,
            scaled_debt_left,
            scaled_collateral_left,
            collateral_disabled: self.disables_collateral(scaled_collateral_left, ruined)?,
            deficits: if ruined { self.deficits()? } else { Vec::new() },
        })
    }

    /// Value of the collateral taken, base currency. From release 3.7 on it is that of the scaled
    /// balance burnt, which rounding may make the whole balance.
    fn consumed_base(&self, position: &Position, left: U256) -> Result<U256, ArithmeticError> {
        let release = self.borrower.release;
        if release < Release::V3_7 {
            return Ok(self.exchange.seized_base);
        }
        let consumed = sub(position.scaled_collateral, left)?;
        let amount = release.collateral_balance(consumed, position.reserve.liquidity_index)?;
        self.terms.collateral_base(amount)
    }

    fn disables_collateral(&self, left: U256, ruined: bool) -> Result<bool, ArithmeticError> {
        if self.borrower.release >= Release::V3_7 {
            return Ok(left.is_zero() || ruined);
        }
        let taken = add(self.exchange.collateral, self.exchange.fee)?;
        Ok(taken == self.terms.collateral_balance)
    }

    fn debt_left(&self, position: &Position) -> Result<U256, LiquidationError> {
        let amount = self.exchange.debt;
        let index = position.reserve.variable_borrow_index;
        let burnt = self.borrower.release.scaled_debt(amount, index)?;
        if burnt.is_zero() {
            return Err(LiquidationError::InvalidBurnAmount { amount });
        }
        Ok(sub(position.scaled_debt, burnt)?)
    }

    /// Remaining scaled balance, and the fee limited to that balance.
    fn collateral_left(&self, position: &Position) -> Result<(U256, U256), LiquidationError> {
        let (release, amount) = (self.borrower.release, self.exchange.collateral);
        let index = position.reserve.liquidity_index;
        let taken = release.scaled_collateral(amount, index)?;
        if taken.is_zero() && self.call.payout == Payout::Underlying {
            return Err(LiquidationError::InvalidBurnAmount { amount });
        }
        let left = sub(position.scaled_collateral, taken)?;
        let fee = self.exchange.fee;
        let scaled_fee = release.scaled_collateral(fee, index)?;
        if scaled_fee <= left {
            return Ok((sub(left, scaled_fee)?, fee));
        }
        // Rounding has left one unit less than the fee.
        let fee = release.collateral_balance(left, index)?;
        if release.has_directed_rounding() {
            return Ok((U256::ZERO, fee));
        }
        Ok((sub(left, release.scaled_collateral(fee, index)?)?, fee))
    }

    /// All remaining debt without collateral, starting with the repaid asset.
    fn deficits(&self) -> Result<Vec<Deficit>, ArithmeticError> {
        let mut deficits = Vec::new();
        let repaid = self.call.debt;
        let outstanding = sub(self.terms.debt_balance, self.exchange.debt)?;
        if !outstanding.is_zero() {
            deficits.push(Deficit { position: repaid, amount: outstanding });
        }
        let others = self.borrower.positions.iter().enumerate();
        for (position, other) in others.filter(|(at, _)| *at != repaid) {
            let index = other.reserve.variable_borrow_index;
            let amount = self.borrower.release.debt_balance(other.scaled_debt, index)?;
            if !amount.is_zero() {
                deficits.push(Deficit { position, amount });
            }
        }
        Ok(deficits)
    }
}
