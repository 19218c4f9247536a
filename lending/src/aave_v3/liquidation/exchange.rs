//! Conversion between debt repaid and collateral seized. Source:
//! `LiquidationLogic._calculateAvailableCollateralToLiquidate`.

use ruint::aliases::U256;

use super::call::LiquidationCall;
use crate::aave_v3::account_data::debt_rounding;
use crate::aave_v3::borrower::Borrower;
use crate::aave_v3::release::Release;
use crate::fixed_point::aave_v3::{PERCENTAGE_FACTOR, percent_div};
use crate::fixed_point::{ArithmeticError, Rounding, div, mul, mul_div, pow10, sub};

/// Balances, prices and fees of a liquidation.
pub(super) struct ExchangeTerms {
    pub(super) release: Release,
    pub(super) collateral_balance: U256,
    pub(super) debt_balance: U256,
    collateral_price: U256,
    debt_price: U256,
    collateral_unit: U256,
    debt_unit: U256,
    bonus_bps: U256,
    fee_bps: U256,
}

/// Debt repaid and collateral seized.
pub(super) struct Exchange {
    pub(super) debt: U256,
    /// Collateral for the liquidator.
    pub(super) collateral: U256,
    /// Collateral for the treasury.
    pub(super) fee: U256,
    /// Sum of both, base currency.
    pub(super) seized_base: U256,
}

impl ExchangeTerms {
    pub(super) fn new(
        borrower: &Borrower<'_>,
        call: &LiquidationCall,
    ) -> Result<Self, ArithmeticError> {
        let release = borrower.release;
        let [collateral, debt] = [call.collateral, call.debt].map(|at| &borrower.positions[at]);
        let (held, owed) = (&collateral.reserve, &debt.reserve);
        let e_mode = borrower.position_e_mode(collateral);
        // Releases 3.0 and 3.1 assume that all debt of an account in an e-mode is in its category.
        let debt_price = borrower.e_mode_price(borrower.e_mode.as_ref());
        Ok(Self {
            release,
            collateral_balance: release
                .collateral_balance(collateral.scaled_collateral, held.liquidity_index)?,
            debt_balance: release.debt_balance(debt.scaled_debt, owed.variable_borrow_index)?,
            collateral_price: borrower.e_mode_price(e_mode).unwrap_or(held.price),
            debt_price: debt_price.unwrap_or(owed.price),
            collateral_unit: pow10(held.decimals)?,
            debt_unit: pow10(owed.decimals)?,
            bonus_bps: U256::from(
                e_mode.map_or(held.liquidation_bonus_bps, |mode| mode.liquidation_bonus_bps),
            ),
            fee_bps: U256::from(held.liquidation_protocol_fee_bps),
        })
    }

    pub(super) fn exchange(&self, debt_to_cover: U256) -> Result<Exchange, ArithmeticError> {
        let debt_value = mul(mul(self.debt_price, debt_to_cover)?, self.collateral_unit)?;
        let base = div(debt_value, mul(self.collateral_price, self.debt_unit)?)?;
        let most = mul_div(
            base,
            self.bonus_bps,
            PERCENTAGE_FACTOR,
            self.against_liquidator(Rounding::Down),
        )?;
        let (seized, debt) = if most > self.collateral_balance {
            (self.collateral_balance, self.debt_for_all_collateral()?)
        } else {
            (most, debt_to_cover)
        };
        let fee = self.fee(seized)?;
        Ok(Exchange {
            debt,
            collateral: sub(seized, fee)?,
            fee,
            seized_base: self.collateral_base(seized)?,
        })
    }

    fn debt_for_all_collateral(&self) -> Result<U256, ArithmeticError> {
        let collateral_value =
            mul(mul(self.collateral_price, self.collateral_balance)?, self.debt_unit)?;
        let base = div(collateral_value, mul(self.debt_price, self.collateral_unit)?)?;
        percent_div(base, self.bonus_bps, self.release.rounding(Rounding::Up))
    }

    fn fee(&self, seized: U256) -> Result<U256, ArithmeticError> {
        if self.fee_bps.is_zero() {
            return Ok(U256::ZERO);
        }
        let principal =
            percent_div(seized, self.bonus_bps, self.against_liquidator(Rounding::Down))?;
        let bonus = sub(seized, principal)?;
        mul_div(bonus, self.fee_bps, PERCENTAGE_FACTOR, self.against_liquidator(Rounding::Up))
    }

    /// The rounding introduced by release 3.7 (`docs/3.7/liquidation-rounding.md`); half up before.
    fn against_liquidator(&self, directed: Rounding) -> Rounding {
        if self.release >= Release::V3_7 { directed } else { Rounding::HalfUp }
    }

    /// Value of a collateral amount in the base currency.
    pub(super) fn collateral_base(&self, amount: U256) -> Result<U256, ArithmeticError> {
        mul_div(amount, self.collateral_price, self.collateral_unit, Rounding::Down)
    }

    /// Value of a debt amount in the base currency, rounded as in the account's data.
    pub(super) fn debt_base(&self, amount: U256) -> Result<U256, ArithmeticError> {
        mul_div(amount, self.debt_price, self.debt_unit, debt_rounding(self.release))
    }

    /// Converts a value in the base currency to a debt amount.
    pub(super) fn debt_amount(&self, base: U256) -> Result<U256, ArithmeticError> {
        mul_div(base, self.debt_unit, self.debt_price, Rounding::Down)
    }
}
