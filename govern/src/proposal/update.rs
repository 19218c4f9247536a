//! New values of a collateral's parameters, as set by one call.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

use super::field::CollateralField;
use super::reserve::ReserveState;
use crate::CollateralParameters;

/// New values of a collateral's parameters; a `None` keeps the current value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollateralUpdate {
    /// Its symbol.
    pub asset: String,
    /// Its token; without it there is no call.
    pub address: Option<Address>,
    /// The new max LTV, basis points.
    pub max_ltv_bps: Option<u16>,
    /// The new liquidation threshold, basis points.
    pub liquidation_threshold_bps: Option<u16>,
    /// The new bonus alone, basis points.
    pub liquidation_bonus_bps: Option<u16>,
}

impl CollateralUpdate {
    /// The fewest fields that take a reserve to `target`; `None` if nothing changes.
    ///
    /// A field at its target is never set again, which would restart its delay. But the pending max
    /// LTV of a frozen reserve must be set with any other change, or it is lost: the engine would
    /// fill in the stored 0.
    #[must_use]
    pub fn minimal(reserve: &ReserveState, target: CollateralParameters) -> Option<Self> {
        let from = reserve.in_force();
        let new = |field: CollateralField| {
            (field.get(&from) != field.get(&target)).then(|| field.get(&target))
        };
        let [mut max_ltv_bps, liquidation_threshold_bps, liquidation_bonus_bps] =
            CollateralField::ALL.map(new);
        if liquidation_threshold_bps.or(liquidation_bonus_bps).is_some() && reserve.is_frozen {
            max_ltv_bps = max_ltv_bps.or(reserve.pending_ltv());
        }
        let update = Self {
            asset: reserve.asset.clone(),
            address: reserve.address,
            max_ltv_bps,
            liquidation_threshold_bps,
            liquidation_bonus_bps,
        };
        let changes_something = update.changes().next().is_some();
        changes_something.then_some(update)
    }

    /// The fields that are set, with their values in basis points.
    pub fn changes(&self) -> impl Iterator<Item = (CollateralField, u16)> {
        let set = |field| self.get(field).map(|bps| (field, bps));
        CollateralField::ALL.into_iter().filter_map(set)
    }

    /// The new value of a field, if it is set.
    #[must_use]
    pub const fn get(&self, field: CollateralField) -> Option<u16> {
        match field {
            CollateralField::MaxLtv => self.max_ltv_bps,
            CollateralField::LiquidationThreshold => self.liquidation_threshold_bps,
            CollateralField::LiquidationBonus => self.liquidation_bonus_bps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proposal::schedule::tests::{parameters, reserve};

    #[test]
    fn unchanged_field_is_not_set() {
        let reserve = reserve(parameters(8_000, 8_250, 500));
        let update = CollateralUpdate::minimal(&reserve, parameters(8_000, 8_200, 500)).unwrap();
        assert_eq!(
            update.changes().collect::<Vec<_>>(),
            [(CollateralField::LiquidationThreshold, 8_200)]
        );
        assert_eq!(CollateralUpdate::minimal(&reserve, reserve.stored), None);
    }

    #[test]
    fn pending_ltv_is_set_with_every_other_change() {
        let mut frozen = reserve(parameters(0, 8_250, 500));
        (frozen.is_frozen, frozen.pending_ltv_bps) = (true, Some(8_000));
        let target = parameters(8_000, 8_200, 500);
        let update = CollateralUpdate::minimal(&frozen, target).unwrap();
        assert_eq!(update.max_ltv_bps, Some(8_000));
        assert_eq!(frozen.after_update(&update).pending_ltv_bps, Some(8_000));
        assert_eq!(frozen.after_update(&update).stored, parameters(0, 8_200, 500));

        let lost = CollateralUpdate { max_ltv_bps: None, ..update };
        assert_eq!(frozen.after_update(&lost).pending_ltv_bps, Some(0));
        assert_eq!(CollateralUpdate::minimal(&frozen, parameters(8_000, 8_250, 500)), None);
    }

    #[test]
    fn releases_up_to_3_0_have_no_pending_ltv() {
        let mut frozen = reserve(parameters(8_000, 8_250, 500));
        (frozen.is_frozen, frozen.pending_ltv_bps) = (true, None);
        let update = CollateralUpdate::minimal(&frozen, parameters(8_000, 8_200, 500)).unwrap();
        assert_eq!(update.max_ltv_bps, None);
        assert_eq!(frozen.after_update(&update).stored, parameters(8_000, 8_200, 500));
    }
}
