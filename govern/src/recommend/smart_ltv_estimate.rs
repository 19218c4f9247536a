//! `SmartLTV` of a collateral, for comparison.

use super::recommendation::SmartLtvEstimate;
use super::stress::depth_curve;
use super::tail_risk::TailRisk;
use crate::parameters::BPS_PER_ONE;
use crate::policy::ThresholdPolicy;
use crate::risk::{SmartLtv, parkinson_daily};
use crate::threshold_inputs::AssetInputs;

/// Its estimate, and the confidence factor implied by the threshold in force.
pub(super) fn estimate(
    asset: &AssetInputs,
    policy: &ThresholdPolicy,
    tail_risk: Option<&TailRisk>,
    debt_usd: f64,
) -> Option<(SmartLtvEstimate, f64)> {
    let volatility = parkinson_daily(tail_risk?.history(), policy.parkinson_days as usize)?;
    let bonus = asset.reserve.liquidation_bonus;
    let liquidity_usd = depth_curve(asset, policy).max_sale_usd(bonus);
    let smart_ltv =
        SmartLtv { volatility, liquidity: liquidity_usd, debt: debt_usd, liquidation_bonus: bonus };
    let estimate = SmartLtvEstimate {
        ltv_bps: (smart_ltv.ltv(policy.smart_ltv_confidence) * BPS_PER_ONE).floor() as u16,
        confidence: policy.smart_ltv_confidence,
        volatility_daily: volatility,
        liquidity_usd,
        debt_usd,
    };
    Some((estimate, smart_ltv.implied_risk_factor(asset.reserve.liquidation_threshold)))
}
