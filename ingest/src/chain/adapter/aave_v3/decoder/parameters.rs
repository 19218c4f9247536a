//! Decodes the configurator's logs into parameters.

use alloy_primitives::{Address, U256};
use plimsoll_lake::tables::parameter;

use crate::chain::adapter::aave_v3::events::Configurator::ConfiguratorEvents as Event;
use crate::chain::adapter::aave_v3::reserve_registry::ReserveRegistry;
use crate::chain::decode::basis_points::BPS_PER_ONE;
use crate::chain::decode::error::DecodeError;
use crate::chain::decode::exact_amount::exact_amount;
use crate::chain::decode::row_builder::RowBuilder;

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

/// What parameters belong to.
enum ParameterOwner {
    Reserve(Address),
    EMode(u8),
}

/// New values of some parameters.
type NewValues = (ParameterOwner, Vec<(String, ParameterValue)>);

pub(super) fn push_event(
    context: &mut RowBuilder<'_>,
    book: &ReserveRegistry,
    event: Event,
) -> Result<(), DecodeError> {
    let (owner, values) = new_values(event);
    match owner {
        ParameterOwner::Reserve(asset) => {
            push_values(context, &book.get_by_underlying(asset)?.token.id, values)
        }
        ParameterOwner::EMode(category) => {
            push_values(context, &format!("emode-{category}"), values)
        }
    }
}

fn new_values(event: Event) -> NewValues {
    match event {
        Event::CollateralConfigurationChanged(e) => (
            ParameterOwner::Reserve(e.asset),
            collateral_values(e.ltv, e.liquidationThreshold, e.liquidationBonus),
        ),
        Event::EModeCategoryAdded(e) => (
            ParameterOwner::EMode(e.categoryId),
            collateral_values(e.ltv, e.liquidationThreshold, e.liquidationBonus),
        ),
        Event::EModeAssetCategoryChanged(e) => {
            plain(e.asset, "emode_category", U256::from(e.newCategoryId))
        }
        Event::AssetCollateralInEModeChanged(e) => {
            flag(e.asset, &format!("emode_{}_collateral", e.categoryId), e.collateral)
        }
        Event::AssetBorrowableInEModeChanged(e) => {
            flag(e.asset, &format!("emode_{}_borrowable", e.categoryId), e.borrowable)
        }
        Event::AssetLtvzeroInEModeChanged(e) => {
            flag(e.asset, &format!("emode_{}_ltv_zero", e.categoryId), e.ltvzero)
        }
        Event::ReserveInitialized(e) => flag(e.asset, "listed", true),
        Event::ReserveDropped(e) => flag(e.asset, "listed", false),
        Event::ReserveBorrowing(e) => flag(e.asset, "borrowing_enabled", e.enabled),
        Event::ReserveFlashLoaning(e) => flag(e.asset, "flash_loans_enabled", e.enabled),
        Event::ReserveStableRateBorrowing(e) => {
            flag(e.asset, "stable_borrowing_enabled", e.enabled)
        }
        Event::ReserveActive(e) => flag(e.asset, "active", e.active),
        Event::ReserveFrozen(e) => flag(e.asset, "frozen", e.frozen),
        Event::ReservePaused(e) => flag(e.asset, "paused", e.paused),
        Event::SiloedBorrowingChanged(e) => flag(e.asset, "siloed_borrowing", e.newState),
        Event::BorrowableInIsolationChanged(e) => {
            flag(e.asset, "borrowable_in_isolation", e.borrowable)
        }
        Event::ReserveFactorChanged(e) => fraction(e.asset, "reserve_factor", e.newReserveFactor),
        Event::LiquidationProtocolFeeChanged(e) => {
            fraction(e.asset, "liquidation_protocol_fee", e.newFee)
        }
        Event::PendingLtvChanged(e) => fraction(e.asset, "pending_ltv", e.ltv),
        Event::BorrowCapChanged(e) => plain(e.asset, "borrow_cap", e.newBorrowCap),
        Event::SupplyCapChanged(e) => plain(e.asset, "supply_cap", e.newSupplyCap),
        Event::UnbackedMintCapChanged(e) => {
            plain(e.asset, "unbacked_mint_cap", e.newUnbackedMintCap)
        }
        Event::DebtCeilingChanged(e) => {
            single(e.asset, parameter::DEBT_CEILING, ParameterValue::Cents(e.newDebtCeiling))
        }
        Event::LiquidationGracePeriodChanged(e) => {
            plain(e.asset, "liquidation_grace_until_s", U256::from(e.gracePeriodUntil))
        }
        Event::LiquidationGracePeriodDisabled(e) => {
            plain(e.asset, "liquidation_grace_until_s", U256::ZERO)
        }
        // Discovery reads the new implementations.
        Event::ATokenUpgraded(e) => (ParameterOwner::Reserve(e.asset), Vec::new()),
        Event::VariableDebtTokenUpgraded(e) => (ParameterOwner::Reserve(e.asset), Vec::new()),
    }
}

fn flag(asset: Address, parameter: &str, value: bool) -> NewValues {
    single(asset, parameter, ParameterValue::Flag(value))
}

fn fraction(asset: Address, parameter: &str, bps: U256) -> NewValues {
    single(asset, parameter, ParameterValue::Fraction(bps))
}

fn plain(asset: Address, parameter: &str, value: U256) -> NewValues {
    single(asset, parameter, ParameterValue::Plain(value))
}

fn single(asset: Address, parameter: &str, value: ParameterValue) -> NewValues {
    (ParameterOwner::Reserve(asset), vec![(parameter.to_owned(), value)])
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
        ParameterValue::Fraction(bps) => exact_amount(bps)? as f64 / BPS_PER_ONE,
        // The bonus is 0 where an asset is not a collateral.
        ParameterValue::Bonus(bps) if bps.is_zero() => 0.0,
        ParameterValue::Bonus(bps) => (exact_amount(bps)? as f64 - BPS_PER_ONE) / BPS_PER_ONE,
        ParameterValue::Cents(cents) => exact_amount(cents)? as f64 / 100.0,
        ParameterValue::Flag(yes) => f64::from(yes),
    })
}
