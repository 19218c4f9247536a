//! Applying a change of a parameter to a reserve.

use plimsoll_lake::tables::{ReserveParameter, parameter};
use plimsoll_lending::ReserveParameters;

/// Share of the bonus that the protocol keeps; the name is Aave's.
const LIQUIDATION_PROTOCOL_FEE: &str = "liquidation_protocol_fee";

/// Applies a change of a risk parameter; false if it is another parameter.
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
