//! `configureReserveAsCollateral`, which a risk admin may call without an engine.

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::{SolCall, sol};

use crate::parameters::WHOLE_BPS;
use crate::proposal::steward::{CollateralUpdate, ReserveState};

sol! {
    /// `IPoolConfigurator`, all releases.
    function configureReserveAsCollateral(address asset, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus) external;
}

/// The call that has the effect of an update on a reserve; it cannot keep a value, so all three are
/// encoded. `None` if the token is unknown.
#[must_use]
pub(in crate::proposal) fn encode_configure_reserve(
    reserve: &ReserveState,
    update: &CollateralUpdate,
) -> Option<Bytes> {
    let current = reserve.stored;
    let value = |set: Option<u16>, current: u16| U256::from(set.unwrap_or(current));
    let bonus = value(update.liquidation_bonus_bps, current.liquidation_bonus_bps);
    let call = configureReserveAsCollateralCall {
        asset: update.address?,
        ltv: value(update.max_ltv_bps, current.max_ltv_bps),
        liquidationThreshold: value(
            update.liquidation_threshold_bps,
            current.liquidation_threshold_bps,
        ),
        liquidationBonus: U256::from(WHOLE_BPS) + bonus,
    };
    Some(call.abi_encode().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proposal::steward::fixtures::{parameters, reserve};

    #[test]
    fn bonus_is_encoded_above_one_hundred_percent() {
        let reserve = reserve(parameters(8_000, 8_250, 500));
        let update = reserve.minimal_update(parameters(8_000, 8_200, 550)).unwrap();
        let encoded = encode_configure_reserve(&reserve, &update).unwrap();
        assert_eq!(encoded[..4], [0x7c, 0x4e, 0x56, 0x0b]);
        let call = configureReserveAsCollateralCall::abi_decode(&encoded).unwrap();
        let arguments = [call.ltv, call.liquidationThreshold, call.liquidationBonus];
        assert_eq!(arguments, [8_000, 8_200, 10_550].map(U256::from));
    }
}
