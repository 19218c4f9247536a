//! What the configurator says: the market's rules.

use alloy_primitives::U256;
use plimsoll_lake::tables::parameter;

use super::super::book::Book;
use super::super::events::Configurator::ConfiguratorEvents as Event;
use crate::chain::context::Context;
use crate::chain::rows::{exact};
use crate::chain::stream::Fault;

/// Hundredths of a per cent.
const BPS: f64 = 1e4;

/// A value, in the unit of its parameter.
enum Value {
    /// As it is.
    Plain(U256),
    /// Hundredths of a per cent, as a fraction.
    Fraction(U256),
    /// 10,000 is none, 10,500 is 5 %.
    Bonus(U256),
    /// Hundredths of a dollar.
    Cents(U256),
    /// 1 or 0.
    Is(bool),
}

pub(super) fn add(context: &mut Context<'_>, book: &Book, event: Event) -> Result<(), Fault> {
    use Value::{Fraction, Is, Plain};
    let (asset, values) = match event {
        Event::CollateralConfigurationChanged(e) => {
            (e.asset, collateral(e.ltv, e.liquidationThreshold, e.liquidationBonus))
        }
        Event::EModeCategoryAdded(e) => {
            let mode = format!("emode-{}", e.categoryId);
            let values = collateral(e.ltv, e.liquidationThreshold, e.liquidationBonus);
            return push(context, &mode, values);
        }
        Event::EModeAssetCategoryChanged(e) => {
            (e.asset, one("emode_category", Plain(U256::from(e.newCategoryId))))
        }
        Event::AssetCollateralInEModeChanged(e) => {
            (e.asset, vec![(format!("emode_{}_collateral", e.categoryId), Is(e.collateral))])
        }
        Event::AssetBorrowableInEModeChanged(e) => {
            (e.asset, vec![(format!("emode_{}_borrowable", e.categoryId), Is(e.borrowable))])
        }
        Event::AssetLtvzeroInEModeChanged(e) => {
            (e.asset, vec![(format!("emode_{}_ltv_zero", e.categoryId), Is(e.ltvzero))])
        }
        Event::ReserveInitialized(e) => (e.asset, one("listed", Is(true))),
        Event::ReserveDropped(e) => (e.asset, one("listed", Is(false))),
        Event::ReserveBorrowing(e) => (e.asset, one("borrowing_enabled", Is(e.enabled))),
        Event::ReserveFlashLoaning(e) => (e.asset, one("flash_loans_enabled", Is(e.enabled))),
        Event::ReserveStableRateBorrowing(e) => {
            (e.asset, one("stable_borrowing_enabled", Is(e.enabled)))
        }
        Event::ReserveActive(e) => (e.asset, one("active", Is(e.active))),
        Event::ReserveFrozen(e) => (e.asset, one("frozen", Is(e.frozen))),
        Event::ReservePaused(e) => (e.asset, one("paused", Is(e.paused))),
        Event::SiloedBorrowingChanged(e) => (e.asset, one("siloed_borrowing", Is(e.newState))),
        Event::BorrowableInIsolationChanged(e) => {
            (e.asset, one("borrowable_in_isolation", Is(e.borrowable)))
        }
        Event::ReserveFactorChanged(e) => {
            (e.asset, one("reserve_factor", Fraction(e.newReserveFactor)))
        }
        Event::LiquidationProtocolFeeChanged(e) => {
            (e.asset, one("liquidation_protocol_fee", Fraction(e.newFee)))
        }
        Event::PendingLtvChanged(e) => (e.asset, one("pending_ltv", Fraction(e.ltv))),
        Event::BorrowCapChanged(e) => (e.asset, one("borrow_cap", Plain(e.newBorrowCap))),
        Event::SupplyCapChanged(e) => (e.asset, one("supply_cap", Plain(e.newSupplyCap))),
        Event::UnbackedMintCapChanged(e) => {
            (e.asset, one("unbacked_mint_cap", Plain(e.newUnbackedMintCap)))
        }
        Event::DebtCeilingChanged(e) => {
            (e.asset, one(parameter::DEBT_CEILING, Value::Cents(e.newDebtCeiling)))
        }
        Event::LiquidationGracePeriodChanged(e) => {
            (e.asset, one("liquidation_grace_until_s", Plain(U256::from(e.gracePeriodUntil))))
        }
        Event::LiquidationGracePeriodDisabled(e) => {
            (e.asset, one("liquidation_grace_until_s", Plain(U256::ZERO)))
        }
    };
    push(context, &book.reserve(asset)?.token.symbol, values)
}

fn one(parameter: &str, value: Value) -> Vec<(String, Value)> {
    vec![(parameter.to_owned(), value)]
}

fn collateral(ltv: U256, threshold: U256, bonus: U256) -> Vec<(String, Value)> {
    vec![
        (parameter::MAX_LTV.to_owned(), Value::Fraction(ltv)),
        (parameter::LIQUIDATION_THRESHOLD.to_owned(), Value::Fraction(threshold)),
        (parameter::LIQUIDATION_BONUS.to_owned(), Value::Bonus(bonus)),
    ]
}

fn push(context: &mut Context<'_>, asset: &str, values: Vec<(String, Value)>) -> Result<(), Fault> {
    let number = |(parameter, value)| Ok((parameter, number(value)?));
    for (parameter, value) in values.into_iter().map(number).collect::<Result<Vec<_>, _>>()? {
        context.parameter(asset, parameter, value);
    }
    Ok(())
}

fn number(value: Value) -> Result<f64, Fault> {
    Ok(match value {
        Value::Plain(value) => exact(value)? as f64,
        Value::Fraction(bps) => exact(bps)? as f64 / BPS,
        // No bonus at all is told as 0, where an asset is no collateral.
        Value::Bonus(bps) if bps.is_zero() => 0.0,
        Value::Bonus(bps) => (exact(bps)? as f64 - BPS) / BPS,
        Value::Cents(cents) => exact(cents)? as f64 / 100.0,
        Value::Is(yes) => f64::from(yes),
    })
}
