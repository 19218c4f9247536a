//! `updateCollateralSide`, of the config engine and of the risk steward, in its two forms.

use alloy_primitives::{Bytes, U256, uint};
use alloy_sol_types::SolCall;

use crate::policy::EngineAbi;
use crate::proposal::steward::CollateralUpdate;

/// `EngineFlags.KEEP_CURRENT` of `aave-dao/aave-v3-origin`: the greatest integer minus 42.
pub(in crate::proposal) const KEEP_CURRENT: U256 =
    uint!(0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd5_U256);

/// Source: `IAaveV3ConfigEngine` of `bgd-labs/aave-v3-origin` 3.6.
mod up_to_36 {
    alloy_sol_types::sol! {
        struct CollateralUpdate {
            address asset;
            uint256 ltv;
            uint256 liqThreshold;
            uint256 liqBonus;
            uint256 debtCeiling;
            uint256 liqProtocolFee;
        }
        function updateCollateralSide(CollateralUpdate[] updates) external;
    }
}

/// Source: `IAaveV3ConfigEngine` of `aave-dao/aave-v3-origin` 3.7.
mod from_37 {
    alloy_sol_types::sol! {
        struct CollateralUpdate {
            address asset;
            uint256 ltv;
            uint256 liqThreshold;
            uint256 liqBonus;
            uint256 liqProtocolFee;
        }
        function updateCollateralSide(CollateralUpdate[] updates) external;
    }
}

/// One call for several collaterals; unset fields are `KEEP_CURRENT`. `None` if a token is unknown.
#[must_use]
pub(in crate::proposal) fn encode_update_collateral_side(
    abi: EngineAbi,
    updates: &[CollateralUpdate],
) -> Option<Bytes> {
    Some(match abi {
        EngineAbi::UpTo36 => {
            let updates = updates.iter().map(with_debt_ceiling).collect::<Option<_>>()?;
            up_to_36::updateCollateralSideCall { updates }.abi_encode().into()
        }
        EngineAbi::From37 => {
            let updates = updates.iter().map(without_debt_ceiling).collect::<Option<_>>()?;
            from_37::updateCollateralSideCall { updates }.abi_encode().into()
        }
    })
}

fn with_debt_ceiling(update: &CollateralUpdate) -> Option<up_to_36::CollateralUpdate> {
    Some(up_to_36::CollateralUpdate {
        asset: update.address?,
        ltv: value_or_keep_current(update.max_ltv_bps),
        liqThreshold: value_or_keep_current(update.liquidation_threshold_bps),
        liqBonus: value_or_keep_current(update.liquidation_bonus_bps),
        debtCeiling: KEEP_CURRENT,
        liqProtocolFee: KEEP_CURRENT,
    })
}

fn without_debt_ceiling(update: &CollateralUpdate) -> Option<from_37::CollateralUpdate> {
    Some(from_37::CollateralUpdate {
        asset: update.address?,
        ltv: value_or_keep_current(update.max_ltv_bps),
        liqThreshold: value_or_keep_current(update.liquidation_threshold_bps),
        liqBonus: value_or_keep_current(update.liquidation_bonus_bps),
        liqProtocolFee: KEEP_CURRENT,
    })
}

fn value_or_keep_current(bps: Option<u16>) -> U256 {
    bps.map_or(KEEP_CURRENT, U256::from)
}

#[cfg(test)]
mod tests {
    use alloy_primitives::Address;

    use super::*;

    fn update() -> CollateralUpdate {
        CollateralUpdate {
            asset: "WETH".to_owned(),
            address: Some(Address::repeat_byte(0x11)),
            max_ltv_bps: None,
            liquidation_threshold_bps: Some(8_200),
            liquidation_bonus_bps: None,
        }
    }

    #[test]
    fn selectors_of_the_two_forms_differ() {
        let up_to_36 = encode_update_collateral_side(EngineAbi::UpTo36, &[update()]).unwrap();
        let from_37 = encode_update_collateral_side(EngineAbi::From37, &[update()]).unwrap();
        assert_eq!(up_to_36[..4], [0x09, 0xd8, 0x33, 0x28]);
        assert_eq!(from_37[..4], [0x02, 0xda, 0x32, 0xae]);
        // Selector, offset, length, and six or five words.
        assert_eq!((up_to_36.len(), from_37.len()), (4 + 8 * 32, 4 + 7 * 32));
    }

    #[test]
    fn unset_fields_are_keep_current() {
        assert_eq!(KEEP_CURRENT, U256::MAX - U256::from(42));
        let encoded = encode_update_collateral_side(EngineAbi::UpTo36, &[update()]).unwrap();
        let word = |index: usize| U256::from_be_slice(&encoded[4 + 32 * index..][..32]);
        let words: Vec<U256> = (3..8).map(word).collect();
        let keep = KEEP_CURRENT;
        assert_eq!(words, [keep, U256::from(8_200), keep, keep, keep]);
    }
}
