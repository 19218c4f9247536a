//! Reserves and limits for tests.

use alloy_primitives::Address;

use super::limits::{LastChange, Limit, StewardLimits};
use super::reserve::ReserveState;
use crate::parameters::CollateralParameters;

pub(in crate::proposal) const DAY_S: u64 = 86_400;

pub(in crate::proposal) fn parameters(
    max_ltv_bps: u16,
    liquidation_threshold_bps: u16,
    liquidation_bonus_bps: u16,
) -> CollateralParameters {
    CollateralParameters { max_ltv_bps, liquidation_threshold_bps, liquidation_bonus_bps }
}

pub(in crate::proposal) fn reserve(stored: CollateralParameters) -> ReserveState {
    ReserveState {
        asset: "WETH".to_owned(),
        address: Some(Address::repeat_byte(0x11)),
        stored,
        is_frozen: false,
        pending_ltv_bps: Some(0),
        is_restricted: false,
        last_change: LastChange::default(),
    }
}

pub(in crate::proposal) fn limits() -> StewardLimits {
    let limit = Limit { max_change_bps: 50, min_delay_s: 3 * DAY_S };
    StewardLimits { max_ltv: limit, liquidation_threshold: limit, liquidation_bonus: limit }
}
