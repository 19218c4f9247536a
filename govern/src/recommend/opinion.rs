//! What `SmartLTV` says of a collateral.

use crate::collateral_parameters::ONE_BPS;
use crate::line_inputs::LineAsset;
use crate::parkinson::parkinson_daily;
use crate::policy::LinePolicy;
use crate::recommendation::SmartLtvOpinion;
use crate::smart_ltv::SmartLtv;

use super::stress::depth;
use super::worst_fall::WorstFall;

/// Its opinion, and the factor that the threshold in force implies.
pub(super) fn of(
    of: &LineAsset,
    policy: &LinePolicy,
    fall: Option<&WorstFall>,
    debt_usd: f64,
) -> Option<(SmartLtvOpinion, f64)> {
    let volatility = parkinson_daily(fall?.history(), policy.parkinson_days as usize)?;
    let bonus = of.reserve.liquidation_bonus;
    let liquidity_usd = depth(of, policy).saleable_usd(bonus);
    let smart =
        SmartLtv { volatility, liquidity: liquidity_usd, debt: debt_usd, liquidation_bonus: bonus };
    let opinion = SmartLtvOpinion {
        ltv_bps: (smart.ltv(policy.smart_ltv_confidence) * ONE_BPS).floor() as u16,
        confidence: policy.smart_ltv_confidence,
        volatility_daily: volatility,
        liquidity_usd,
        debt_usd,
    };
    Some((opinion, smart.implied_risk(of.reserve.liquidation_threshold)))
}
