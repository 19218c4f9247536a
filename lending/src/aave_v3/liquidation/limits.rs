//! Limits on the debt repaid and on dust left. Source: `LiquidationLogic`
//! (`_calculateDebt` up to release 3.2, `executeLiquidationCall` from release 3.3 on).

use ruint::aliases::U256;

use super::error::LiquidationError;
use super::exchange::{Exchange, ExchangeTerms};
use crate::aave_v3::account_data::AccountData;
use crate::aave_v3::release::Release;
use crate::fixed_point::aave_v3::{PERCENTAGE_FACTOR, percent_mul};
use crate::fixed_point::{ArithmeticError, add, sub, uint};

/// `DEFAULT_LIQUIDATION_CLOSE_FACTOR`.
const DEFAULT_CLOSE_FACTOR_BPS: U256 = uint(5_000);
/// `CLOSE_FACTOR_HF_THRESHOLD`.
const CLOSE_FACTOR_HF_THRESHOLD: U256 = uint(950_000_000_000_000_000);
/// `MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD`: 2,000 of a base currency with 8 decimals.
const MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD: U256 = uint(200_000_000_000);
/// `MIN_LEFTOVER_BASE`.
const MIN_LEFTOVER_BASE: U256 = uint(100_000_000_000);

/// Maximum debt in the asset that one call may repay.
pub(super) fn max_repayable(
    data: &AccountData,
    terms: &ExchangeTerms,
) -> Result<U256, ArithmeticError> {
    let healthier = data.health_factor_wad > CLOSE_FACTOR_HF_THRESHOLD;
    if terms.release < Release::V3_3 {
        let close_factor = if healthier { DEFAULT_CLOSE_FACTOR_BPS } else { PERCENTAGE_FACTOR };
        return percent_mul(terms.debt_balance, close_factor);
    }
    let owed_base = terms.debt_base(terms.debt_balance)?;
    let held_base = terms.collateral_base(terms.collateral_balance)?;
    let small = owed_base.min(held_base) < MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD;
    let half_base = percent_mul(data.debt_base, DEFAULT_CLOSE_FACTOR_BPS)?;
    if healthier && !small && owed_base > half_base {
        terms.debt_amount(half_base)
    } else {
        Ok(terms.debt_balance)
    }
}

/// Checks that, if both debt and collateral remain in the two reserves, neither is dust.
pub(super) fn check_no_dust(
    terms: &ExchangeTerms,
    exchange: &Exchange,
) -> Result<(), LiquidationError> {
    let seized = add(exchange.collateral, exchange.fee)?;
    let all = exchange.debt >= terms.debt_balance || seized >= terms.collateral_balance;
    if terms.release < Release::V3_3 || all {
        return Ok(());
    }
    let debt_left_base = terms.debt_base(sub(terms.debt_balance, exchange.debt)?)?;
    let collateral_left_base = terms.collateral_base(sub(terms.collateral_balance, seized)?)?;
    if debt_left_base.min(collateral_left_base) < MIN_LEFTOVER_BASE {
        return Err(LiquidationError::MustNotLeaveDust { debt_left_base, collateral_left_base });
    }
    Ok(())
}
