//! A reserve's collateral side as stored by its contracts.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

use super::limits::LastChange;
use super::update::CollateralUpdate;
use crate::parameters::{CollateralField, CollateralParameters};

/// A reserve at a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReserveState {
    /// Its symbol.
    pub asset: String,
    /// Its token; `None` if the lake's source has none.
    pub address: Option<Address>,
    /// As stored; from release 3.1 on the max LTV of a frozen reserve is stored as 0.
    pub stored: CollateralParameters,
    /// Whether deposits and loans are suspended.
    pub is_frozen: bool,
    /// The pending max LTV, 0 if there is none; `None` before release 3.1.
    pub pending_ltv_bps: Option<u16>,
    /// Whether the steward may not change it.
    pub is_restricted: bool,
    /// Times of the steward's last changes.
    pub last_change: LastChange,
}

impl ReserveState {
    /// The parameters set by governance: the pending max LTV replaces the stored one.
    #[must_use]
    pub fn in_force(&self) -> CollateralParameters {
        let mut parameters = self.stored;
        if let Some(pending) = self.pending_ltv() {
            parameters.max_ltv_bps = pending;
        }
        parameters
    }

    /// The pending max LTV, if there is one.
    pub(super) fn pending_ltv(&self) -> Option<u16> {
        self.pending_ltv_bps.filter(|pending| *pending > 0)
    }

    /// Whether a new max LTV becomes the pending one.
    pub(super) const fn writes_pending_ltv(&self) -> bool {
        self.is_frozen && self.pending_ltv_bps.is_some()
    }

    /// The fewest fields that take the reserve to `target`; `None` if nothing changes.
    ///
    /// A field at its target is never set again, which would restart its delay. But the pending max
    /// LTV of a frozen reserve must be set with any other change, or it is lost: the engine would
    /// fill in the stored 0.
    pub(in crate::proposal) fn minimal_update(
        &self,
        target: CollateralParameters,
    ) -> Option<CollateralUpdate> {
        let from = self.in_force();
        let new = |field: CollateralField| {
            (field.get(&from) != field.get(&target)).then(|| field.get(&target))
        };
        let [mut max_ltv_bps, liquidation_threshold_bps, liquidation_bonus_bps] =
            CollateralField::ALL.map(new);
        if liquidation_threshold_bps.or(liquidation_bonus_bps).is_some() && self.is_frozen {
            max_ltv_bps = max_ltv_bps.or(self.pending_ltv());
        }
        let update = CollateralUpdate {
            asset: self.asset.clone(),
            address: self.address,
            max_ltv_bps,
            liquidation_threshold_bps,
            liquidation_bonus_bps,
        };
        let changes_something = update.changes().next().is_some();
        changes_something.then_some(update)
    }

    /// The reserve after an update.
    ///
    /// Source: `CollateralEngine._configCollateralSide` and
    /// `PoolConfigurator.configureReserveAsCollateral` of `aave-dao/aave-v3-origin` 3.6.0; releases
    /// up to 3.0 have no pending max LTV.
    #[must_use]
    pub fn after_update(&self, update: &CollateralUpdate) -> Self {
        let mut after = self.clone();
        for (field, bps) in update.changes() {
            field.set(&mut after.stored, bps);
        }
        if update.changes().next().is_some() && self.pending_ltv_bps.is_some() {
            let set = after.stored.max_ltv_bps;
            after.pending_ltv_bps = Some(if self.is_frozen { set } else { 0 });
            if self.is_frozen {
                CollateralField::MaxLtv.set(&mut after.stored, 0);
            }
        }
        after
    }
}

#[cfg(test)]
mod tests;
