//! What the pool says: who acted, who was liquidated, how interest stands.

use alloy_primitives::{Address, U256};
use plimsoll_lake::tables::{kind, setting};

use super::super::book::Book;
use super::super::events::Pool::{self, PoolEvents};
use crate::chain::context::{Context, Interest};
use crate::chain::rows::{exact};
use crate::chain::stream::Fault;

/// The unit of rates.
const RAY: f64 = 1e27;

pub(super) fn add(context: &mut Context<'_>, book: &Book, event: PoolEvents) -> Result<(), Fault> {
    let of = |asset: Address, amount: U256| Ok((&book.reserve(asset)?.token, amount));
    match event {
        PoolEvents::Supply(e) => {
            context.position(kind::DEPOSIT, e.onBehalfOf, of(e.reserve, e.amount)?)
        }
        PoolEvents::Withdraw(e) => {
            context.position(kind::WITHDRAW, e.user, of(e.reserve, e.amount)?)
        }
        PoolEvents::Borrow(e) => {
            context.position(kind::BORROW, e.onBehalfOf, of(e.reserve, e.amount)?)
        }
        PoolEvents::Repay(e) => context.position(kind::REPAY, e.user, of(e.reserve, e.amount)?),
        PoolEvents::LiquidationCall(e) => context.liquidation(
            (e.user, e.liquidator),
            of(e.collateralAsset, e.liquidatedCollateralAmount)?,
            of(e.debtAsset, e.debtToCover)?,
        ),
        PoolEvents::ReserveDataUpdated(e) => {
            context.interest(&book.reserve(e.reserve)?.token, interest(&e)?);
            Ok(())
        }
        PoolEvents::ReserveUsedAsCollateralEnabled(e) => {
            let token = &book.reserve(e.reserve)?.token;
            context.setting(e.user, setting::COLLATERAL, Some(token), 1);
            Ok(())
        }
        PoolEvents::ReserveUsedAsCollateralDisabled(e) => {
            let token = &book.reserve(e.reserve)?.token;
            context.setting(e.user, setting::COLLATERAL, Some(token), 0);
            Ok(())
        }
        PoolEvents::UserEModeSet(e) => {
            context.setting(e.user, setting::EMODE, None, u32::from(e.categoryId));
            Ok(())
        }
        // Bad debt is burnt from its account, which the debt token tells.
        PoolEvents::DeficitCreated(_) | PoolEvents::DeficitCovered(_) => Ok(()),
    }
}

fn interest(event: &Pool::ReserveDataUpdated) -> Result<Interest, Fault> {
    let rate = |ray: U256| exact(ray).map(|ray| ray as f64 / RAY);
    Ok(Interest {
        liquidity_index: exact(event.liquidityIndex)?,
        borrow_index: exact(event.variableBorrowIndex)?,
        liquidity_rate: rate(event.liquidityRate)?,
        borrow_rate: rate(event.variableBorrowRate)?,
    })
}
