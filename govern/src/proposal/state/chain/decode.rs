//! Decodes results of pools and stewards, word by word.

use alloy_primitives::{Bytes, U256};

use crate::parameters::{CollateralParameters, WHOLE_BPS};
use crate::policy::EngineAbi;
use crate::proposal::steward::{LastChange, Limit, StewardLimits};

/// `ReserveConfiguration` of `aave-dao/aave-v3-origin`: position of the frozen flag.
pub(super) const FROZEN_BIT: usize = 57;

/// A configuration's lowest three fields of sixteen bits.
pub(in crate::proposal) fn decode_parameters(configuration: U256) -> CollateralParameters {
    let field = |index: usize| ((configuration >> (16 * index)) & U256::from(u16::MAX)).to::<u16>();
    CollateralParameters {
        max_ltv_bps: field(0),
        liquidation_threshold_bps: field(1),
        // A reserve that is no collateral has a stored bonus of 0.
        liquidation_bonus_bps: field(2).saturating_sub(WHOLE_BPS as u16),
    }
}

/// The form of the call that a steward's code has: the code contains the selectors of its
/// functions.
pub(super) fn detect_abi(code: &Bytes) -> Option<EngineAbi> {
    let holds = |selector: [u8; 4]| code.windows(4).any(|window| window == selector);
    if holds([0x02, 0xda, 0x32, 0xae]) {
        Some(EngineAbi::From37)
    } else {
        holds([0x09, 0xd8, 0x33, 0x28]).then_some(EngineAbi::UpTo36)
    }
}

pub(super) fn split_words(bytes: &Bytes) -> Vec<U256> {
    bytes.chunks_exact(32).map(U256::from_be_slice).collect()
}

/// The first three parameters of a risk configuration, each with delay and greatest change.
///
/// A configuration consists of such pairs: 12 up to 2024, then 16 whose first four are the
/// collateral side, then 15 without debt ceiling. Max LTV, threshold and bonus always come first.
pub(super) fn decode_limits(words: &[U256]) -> Option<StewardLimits> {
    let is_known = matches!(words.len(), 24 | 30 | 32);
    let limit = |index: usize| Limit {
        min_delay_s: words[2 * index].saturating_to(),
        max_change_bps: words[2 * index + 1].saturating_to(),
    };
    is_known.then(|| StewardLimits {
        max_ltv: limit(0),
        liquidation_threshold: limit(1),
        liquidation_bonus: limit(2),
    })
}

/// After the two caps come max LTV, bonus and threshold.
pub(super) fn decode_last_change(words: &[U256]) -> Option<LastChange> {
    matches!(words.len(), 10 | 11).then(|| LastChange {
        max_ltv_s: words[2].saturating_to(),
        liquidation_bonus_s: words[3].saturating_to(),
        liquidation_threshold_s: words[4].saturating_to(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_the_lowest_three_16_bit_fields() {
        let word = U256::from(8_000_u64 | 8_250 << 16 | 10_500 << 32 | 18 << 48 | 1 << 57);
        let parameters = decode_parameters(word);
        assert_eq!(parameters.max_ltv_bps, 8_000);
        assert_eq!(parameters.liquidation_threshold_bps, 8_250);
        assert_eq!(parameters.liquidation_bonus_bps, 500);
        assert!(word.bit(FROZEN_BIT));
    }

    #[test]
    fn limits_come_first_in_every_known_risk_configuration() {
        for length in [24, 30, 32] {
            let words: Vec<U256> = (1..=length).map(U256::from).collect();
            let limits = decode_limits(&words).unwrap();
            assert_eq!(limits.max_ltv, Limit { min_delay_s: 1, max_change_bps: 2 });
            assert_eq!(limits.liquidation_bonus, Limit { min_delay_s: 5, max_change_bps: 6 });
        }
        assert_eq!(decode_limits(&[U256::ONE; 26]), None);
    }
}
