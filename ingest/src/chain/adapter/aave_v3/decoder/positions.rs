//! Decodes the pool's logs into position events, liquidations, settings and indexes.

use alloy_primitives::{Address, U256};
use plimsoll_lake::tables::{kind, setting};

use crate::chain::adapter::aave_v3::events::Pool::{self, PoolEvents};
use crate::chain::adapter::aave_v3::reserve_registry::ReserveRegistry;
use crate::chain::decode::error::DecodeError;
use crate::chain::decode::exact_amount::exact_amount;
use crate::chain::decode::row_builder::{ReserveInterest, RowBuilder};

/// The unit of rates.
const RAY: f64 = 1e27;

pub(super) fn push_event(
    context: &mut RowBuilder<'_>,
    book: &ReserveRegistry,
    event: PoolEvents,
) -> Result<(), DecodeError> {
    let token_amount =
        |asset: Address, amount: U256| Ok((&book.get_by_underlying(asset)?.token, amount));
    match event {
        PoolEvents::Supply(e) => context.push_position_event(
            kind::DEPOSIT,
            e.onBehalfOf,
            token_amount(e.reserve, e.amount)?,
        ),
        PoolEvents::Withdraw(e) => {
            context.push_position_event(kind::WITHDRAW, e.user, token_amount(e.reserve, e.amount)?)
        }
        PoolEvents::Borrow(e) => context.push_position_event(
            kind::BORROW,
            e.onBehalfOf,
            token_amount(e.reserve, e.amount)?,
        ),
        PoolEvents::Repay(e) => {
            context.push_position_event(kind::REPAY, e.user, token_amount(e.reserve, e.amount)?)
        }
        PoolEvents::LiquidationCall(e) => context.push_liquidation(
            (e.user, e.liquidator),
            token_amount(e.collateralAsset, e.liquidatedCollateralAmount)?,
            token_amount(e.debtAsset, e.debtToCover)?,
        ),
        PoolEvents::ReserveDataUpdated(e) => {
            context.push_reserve_index(&book.get_by_underlying(e.reserve)?.token, interest(&e)?);
            Ok(())
        }
        PoolEvents::ReserveUsedAsCollateralEnabled(e) => {
            let token = &book.get_by_underlying(e.reserve)?.token;
            context.push_account_setting(e.user, setting::COLLATERAL, Some(token), 1);
            Ok(())
        }
        PoolEvents::ReserveUsedAsCollateralDisabled(e) => {
            let token = &book.get_by_underlying(e.reserve)?.token;
            context.push_account_setting(e.user, setting::COLLATERAL, Some(token), 0);
            Ok(())
        }
        PoolEvents::UserEModeSet(e) => {
            context.push_account_setting(e.user, setting::EMODE, None, u32::from(e.categoryId));
            Ok(())
        }
        // Bad debt is burnt from its account, which the debt token logs.
        PoolEvents::DeficitCreated(_) | PoolEvents::DeficitCovered(_) => Ok(()),
    }
}

fn interest(event: &Pool::ReserveDataUpdated) -> Result<ReserveInterest, DecodeError> {
    let rate = |ray: U256| exact_amount(ray).map(|ray| ray as f64 / RAY);
    Ok(ReserveInterest {
        liquidity_index: exact_amount(event.liquidityIndex)?,
        borrow_index: exact_amount(event.variableBorrowIndex)?,
        liquidity_rate: rate(event.liquidityRate)?,
        borrow_rate: rate(event.variableBorrowRate)?,
    })
}
