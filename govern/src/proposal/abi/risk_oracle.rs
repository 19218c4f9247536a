//! Publications to a risk oracle, which stores recommendations on the chain.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue, sol};

use crate::parameters::CollateralParameters;

sol! {
    /// Source: `RiskOracle` of `ChaosLabsInc/risk-oracle`.
    function publishRiskParameterUpdate(string referenceId, bytes newValue, string updateType, address market, bytes additionalData) external;
    function publishBulkRiskParameterUpdates(string[] referenceIds, bytes[] newValues, string[] updateTypes, address[] markets, bytes[] additionalData) external;
}

/// One collateral's parameters for the oracle.
///
/// The oracle does not define the encoding of a reserve's collateral side. As with its
/// `EModeCategoryUpdate` it is `abi.encode(ltv, liqThreshold, liqBonus)`, the bonus alone, and as
/// with its `RateStrategyUpdate` the market is the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::proposal) struct OracleUpdate {
    /// The token.
    pub(in crate::proposal) market: Address,
    /// The recommended parameters.
    pub(in crate::proposal) parameters: CollateralParameters,
}

/// The call that publishes updates under one reference; `update_type` must be registered at the
/// oracle and has 1 to 64 bytes.
#[must_use]
pub(in crate::proposal) fn encode_publication(
    updates: &[OracleUpdate],
    update_type: &str,
    reference_id: &str,
) -> Bytes {
    let value = |update: &OracleUpdate| -> Bytes {
        let CollateralParameters { max_ltv_bps, liquidation_threshold_bps, liquidation_bonus_bps } =
            update.parameters;
        let fields = [max_ltv_bps, liquidation_threshold_bps, liquidation_bonus_bps];
        fields.map(U256::from).abi_encode().into()
    };
    if let [update] = updates {
        let call = publishRiskParameterUpdateCall {
            referenceId: reference_id.to_owned(),
            newValue: value(update),
            updateType: update_type.to_owned(),
            market: update.market,
            additionalData: Bytes::new(),
        };
        return call.abi_encode().into();
    }
    publishBulkRiskParameterUpdatesCall {
        referenceIds: vec![reference_id.to_owned(); updates.len()],
        newValues: updates.iter().map(value).collect(),
        updateTypes: vec![update_type.to_owned(); updates.len()],
        markets: updates.iter().map(|update| update.market).collect(),
        additionalData: vec![Bytes::new(); updates.len()],
    }
    .abi_encode()
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(byte: u8) -> OracleUpdate {
        let parameters = CollateralParameters {
            max_ltv_bps: 8_000,
            liquidation_threshold_bps: 8_200,
            liquidation_bonus_bps: 500,
        };
        OracleUpdate { market: Address::repeat_byte(byte), parameters }
    }

    #[test]
    fn one_update_is_single_and_several_are_bulk() {
        let one = encode_publication(&[update(1)], "CollateralUpdate", "ab");
        assert_eq!(one[..4], [0xb0, 0xbe, 0x25, 0x05]);
        let call = publishRiskParameterUpdateCall::abi_decode(&one).unwrap();
        let value = <(U256, U256, U256)>::abi_decode(&call.newValue).unwrap();
        assert_eq!(value, (U256::from(8_000), U256::from(8_200), U256::from(500)));
        assert_eq!((call.referenceId.as_str(), call.market), ("ab", Address::repeat_byte(1)));

        let two = encode_publication(&[update(1), update(2)], "CollateralUpdate", "ab");
        assert_eq!(two[..4], [0x03, 0x1e, 0xd7, 0x9c]);
        let call = publishBulkRiskParameterUpdatesCall::abi_decode(&two).unwrap();
        assert_eq!(call.markets, [1, 2].map(Address::repeat_byte));
        assert_eq!(call.newValues.len(), 2);
    }
}
