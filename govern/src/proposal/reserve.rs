//! A reserve's collateral side as its contracts hold it.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

use super::field::CollateralField;
use super::limits::LastChange;
use super::update::CollateralUpdate;
use crate::CollateralParameters;

/// A reserve at a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReserveState {
    /// Its symbol.
    pub asset: String,
    /// Its token; none where the lake's source has none.
    pub address: Option<Address>,
    /// As stored; from release 3.1 on the max LTV of a frozen reserve is stored as 0.
    pub stored: CollateralParameters,
    /// Whether it takes neither deposits nor loans.
    pub is_frozen: bool,
    /// The max LTV that is set aside and 0 where none is; `None` before release 3.1.
    pub pending_ltv_bps: Option<u16>,
    /// Whether the steward may not touch it.
    pub is_restricted: bool,
    /// When the steward last did.
    pub last_change: LastChange,
}

impl ReserveState {
    /// What governance set: the max LTV is the pending one where one is set aside.
    #[must_use]
    pub fn in_force(&self) -> CollateralParameters {
        let mut parameters = self.stored;
        if let Some(pending) = self.pending_ltv() {
            parameters.max_ltv_bps = pending;
        }
        parameters
    }

    /// The max LTV that is set aside, if one is.
    pub(super) fn pending_ltv(&self) -> Option<u16> {
        self.pending_ltv_bps.filter(|pending| *pending > 0)
    }

    /// Whether a max LTV that is set now goes to the one that is set aside.
    pub(super) const fn writes_pending_ltv(&self) -> bool {
        self.is_frozen && self.pending_ltv_bps.is_some()
    }

    /// The reserve after an update.
    ///
    /// Source: `CollateralEngine._configCollateralSide` and
    /// `PoolConfigurator.configureReserveAsCollateral` of `aave-dao/aave-v3-origin` 3.6.0; releases
    /// up to 3.0 set nothing aside.
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
