//! Sales by liquidators in a stress, and their slippage.

use plimsoll_lending::AssetId;

use super::exposure::Exposure;
use super::recommendation::StressFigures;
use crate::policy::ThresholdPolicy;
use crate::risk::DepthCurve;
use crate::threshold_inputs::AssetInputs;

/// Sells the collateral that a fall makes liquidatable into pools that refill during the fall.
pub(super) fn stress_figures(
    inputs: &AssetInputs,
    policy: &ThresholdPolicy,
    now: &Exposure<'_>,
    asset: AssetId,
) -> StressFigures {
    let debt_usd = now.stressed_debt_usd(asset, policy.stress_fall);
    let at_once = (policy.refill_hours / policy.stress_hours).min(1.0);
    let sale_usd = debt_usd * at_once * (1.0 + inputs.reserve.liquidation_bonus);
    let depth = depth_curve(inputs, policy);
    StressFigures {
        fall: policy.stress_fall,
        debt_usd,
        sale_usd,
        slippage: depth.cost(sale_usd),
        depth_usd: depth.depth_usd(),
        depth_source: depth.source(),
    }
}

/// The known depth, or else the policy's.
pub(super) fn depth_curve(inputs: &AssetInputs, policy: &ThresholdPolicy) -> DepthCurve {
    inputs.depth.clone().unwrap_or(DepthCurve::Assumed(policy.assumed_depth_usd))
}
