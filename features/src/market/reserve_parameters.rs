//! What a change of a parameter does to a reserve.

use plimsoll_lake::tables::{ReserveParameter, parameter};
use plimsoll_lending::ReserveParameters;

/// Share of the bonus that the protocol keeps, as Aave calls it.
const LIQUIDATION_PROTOCOL_FEE: &str = "liquidation_protocol_fee";

/// Takes in a change of a parameter that mechanics know; false if it is none.
pub(super) fn apply_parameter(reserve: &mut ReserveParameters, change: &ReserveParameter) -> bool {
    match change.parameter.as_str() {
        parameter::LIQUIDATION_THRESHOLD => reserve.liquidation_threshold = change.value,
        parameter::MAX_LTV => reserve.max_ltv = change.value,
        parameter::LIQUIDATION_BONUS => reserve.liquidation_bonus = change.value,
        parameter::MINIMUM_DEBT => reserve.minimum_debt_usd = change.value,
        LIQUIDATION_PROTOCOL_FEE => reserve.liquidation_protocol_fee = change.value,
        _ => return false,
    }
    true
}
