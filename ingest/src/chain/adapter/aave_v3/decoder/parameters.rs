//! Decodes the configurator's logs into parameters.

use alloy_primitives::U256;
use plimsoll_lake::tables::parameter;

use crate::chain::adapter::aave_v3::events::Configurator::ConfiguratorEvents as Event;
use crate::chain::adapter::aave_v3::reserve_registry::ReserveRegistry;
use crate::chain::decode::error::DecodeError;
use crate::chain::decode::exact_amount::exact_amount;
use crate::chain::decode::row_builder::RowBuilder;

/// Hundredths of a per cent.
const BPS: f64 = 1e4;

/// A value, in the unit of its parameter.
enum ParameterValue {
    /// Unchanged.
    Plain(U256),
    /// Hundredths of a per cent, as a fraction.
    Fraction(U256),
    /// 10,000 is none, 10,500 is 5 %.
    Bonus(U256),
    /// Hundredths of a dollar.
    Cents(U256),
    /// 1 or 0.
    Flag(bool),
}

pub(super) fn push_event(
    context: &mut RowBuilder<'_>,
    book: &ReserveRegistry,
    event: Event,
) -> Result<(), DecodeError> {
    use ParameterValue::{Flag, Fraction, Plain};
    let (asset, values) = match event {
        Event::CollateralConfigurationChanged(e) => {
            (e.asset, collateral_values(e.ltv, e.liquidationThreshold, e.liquidationBonus))
        }
        Event::EModeCategoryAdded(e) => {
            let mode = format!("emode-{}", e.categoryId);
            let values = collateral_values(e.ltv, e.liquidationThreshold, e.liquidationBonus);
            return push_values(context, &mode, values);
        }
        Event::EModeAssetCategoryChanged(e) => {
            (e.asset, single("emode_category", Plain(U256::from(e.newCategoryId))))
        }
        Event::AssetCollateralInEModeChanged(e) => {
            (e.asset, vec![(format!("emode_{}_collateral", e.categoryId), Flag(e.collateral))])
        }
        Event::AssetBorrowableInEModeChanged(e) => {
            (e.asset, vec![(format!("emode_{}_borrowable", e.categoryId), Flag(e.borrowable))])
        }
        Event::AssetLtvzeroInEModeChanged(e) => {
            (e.asset, vec![(format!("emode_{}_ltv_zero", e.categoryId), Flag(e.ltvzero))])
        }
        Event::ReserveInitialized(e) => (e.asset, single("listed", Flag(true))),
        Event::ReserveDropped(e) => (e.asset, single("listed", Flag(false))),
        Event::ReserveBorrowing(e) => (e.asset, single("borrowing_enabled", Flag(e.enabled))),
        Event::ReserveFlashLoaning(e) => (e.asset, single("flash_loans_enabled", Flag(e.enabled))),
        Event::ReserveStableRateBorrowing(e) => {
            (e.asset, single("stable_borrowing_enabled", Flag(e.enabled)))
        }
        Event::ReserveActive(e) => (e.asset, single("active", Flag(e.active))),
        Event::ReserveFrozen(e) => (e.asset, single("frozen", Flag(e.frozen))),
        Event::ReservePaused(e) => (e.asset, single("paused", Flag(e.paused))),
        Event::SiloedBorrowingChanged(e) => (e.asset, single("siloed_borrowing", Flag(e.newState))),
        Event::BorrowableInIsolationChanged(e) => {
            (e.asset, single("borrowable_in_isolation", Flag(e.borrowable)))
        }
        Event::ReserveFactorChanged(e) => {
            (e.asset, single("reserve_factor", Fraction(e.newReserveFactor)))
        }
        Event::LiquidationProtocolFeeChanged(e) => {
            (e.asset, single("liquidation_protocol_fee", Fraction(e.newFee)))
        }
        Event::PendingLtvChanged(e) => (e.asset, single("pending_ltv", Fraction(e.ltv))),
        Event::BorrowCapChanged(e) => (e.asset, single("borrow_cap", Plain(e.newBorrowCap))),
        Event::SupplyCapChanged(e) => (e.asset, single("supply_cap", Plain(e.newSupplyCap))),
        Event::UnbackedMintCapChanged(e) => {
            (e.asset, single("unbacked_mint_cap", Plain(e.newUnbackedMintCap)))
        }
        Event::DebtCeilingChanged(e) => {
            (e.asset, single(parameter::DEBT_CEILING, ParameterValue::Cents(e.newDebtCeiling)))
        }
        Event::LiquidationGracePeriodChanged(e) => {
            (e.asset, single("liquidation_grace_until_s", Plain(U256::from(e.gracePeriodUntil))))
        }
        Event::LiquidationGracePeriodDisabled(e) => {
            (e.asset, single("liquidation_grace_until_s", Plain(U256::ZERO)))
        }
    };
    push_values(context, &book.get_by_underlying(asset)?.token.symbol, values)
}

fn single(parameter: &str, value: ParameterValue) -> Vec<(String, ParameterValue)> {
    vec![(parameter.to_owned(), value)]
}

fn collateral_values(ltv: U256, threshold: U256, bonus: U256) -> Vec<(String, ParameterValue)> {
    vec![
        (parameter::MAX_LTV.to_owned(), ParameterValue::Fraction(ltv)),
        (parameter::LIQUIDATION_THRESHOLD.to_owned(), ParameterValue::Fraction(threshold)),
        (parameter::LIQUIDATION_BONUS.to_owned(), ParameterValue::Bonus(bonus)),
    ]
}

fn push_values(
    context: &mut RowBuilder<'_>,
    asset: &str,
    values: Vec<(String, ParameterValue)>,
) -> Result<(), DecodeError> {
    let number = |(parameter, value)| Ok((parameter, to_number(value)?));
    for (parameter, value) in values.into_iter().map(number).collect::<Result<Vec<_>, _>>()? {
        context.push_parameter(asset, parameter, value);
    }
    Ok(())
}

fn to_number(value: ParameterValue) -> Result<f64, DecodeError> {
    Ok(match value {
        ParameterValue::Plain(value) => exact_amount(value)? as f64,
        ParameterValue::Fraction(bps) => exact_amount(bps)? as f64 / BPS,
        // The bonus is 0 where an asset is not a collateral.
        ParameterValue::Bonus(bps) if bps.is_zero() => 0.0,
        ParameterValue::Bonus(bps) => (exact_amount(bps)? as f64 - BPS) / BPS,
        ParameterValue::Cents(cents) => exact_amount(cents)? as f64 / 100.0,
        ParameterValue::Flag(yes) => f64::from(yes),
    })
}
