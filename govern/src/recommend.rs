//! Recommends parameters for each collateral of a market.

mod bounds;
mod change_impact;
mod change_limits;
mod exposure;
mod parameter_bounds;
mod recommendation;
mod smart_ltv_estimate;
mod stress;
mod tail_risk;

use chrono::DateTime;
use plimsoll_lending::AssetId;

use crate::error::GovernError;
use crate::parameters::CollateralParameters;
use crate::policy::ThresholdPolicy;
use crate::risk::{Sensitivity, sensitivity_with_overrides};
use crate::threshold_inputs::ThresholdInputs;
use change_impact::ChangeImpact;
use change_limits::ChangeLimits;
use exposure::Exposure;
use parameter_bounds::ParameterBounds;
pub(crate) use recommendation::BoundKind;
pub use recommendation::{ReasonCode, Recommendation, Verdict};
use tail_risk::TailRisk;

/// Price falls of the sensitivity curves, per cent.
const FALLS_PERCENT: std::ops::RangeInclusive<u32> = 1..=60;

/// Recommends parameters for every collateral that secures a debt, each separately with the others'
/// in force; in the order of the assets.
///
/// The result is deterministic: equal inputs give equal bits.
///
/// # Errors
/// [`GovernError::Policy`] if the policy is invalid, [`GovernError::NoPrice`] if an asset has no
/// price, [`GovernError::NoCollateral`] if no asset counts as collateral, or the forecaster's
/// error.
pub fn recommend(
    inputs: &ThresholdInputs<'_>,
    policy: &ThresholdPolicy,
) -> Result<Vec<Recommendation>, GovernError> {
    policy.validate()?;
    inputs.check_prices()?;
    let counts = |asset: &AssetId| inputs.assets[asset.index()].reserve.liquidation_threshold > 0.0;
    let collaterals: Vec<AssetId> =
        (0..).map(AssetId).take(inputs.assets.len()).filter(counts).collect();
    if collaterals.is_empty() {
        return Err(GovernError::NoCollateral { market: inputs.market.clone() });
    }
    let now = Exposure::new(inputs);
    let secures = collaterals.into_iter().filter(|asset| now.secured_debt_usd(*asset) > 0.0);
    secures.map(|asset| recommend_collateral(inputs, policy, &now, asset)).collect()
}

fn recommend_collateral(
    inputs: &ThresholdInputs<'_>,
    policy: &ThresholdPolicy,
    now: &Exposure<'_>,
    asset: AssetId,
) -> Result<Recommendation, GovernError> {
    let asset_inputs = &inputs.assets[asset.index()];
    let current = CollateralParameters::from_reserve(&asset_inputs.reserve);
    let tail_risk = TailRisk::compute(inputs, policy, &now.secured_debt_by_asset_usd(asset), asset);
    let stress = stress::stress_figures(asset_inputs, policy, now, asset);
    let mut bounds = ParameterBounds::compute(asset_inputs, policy, tail_risk.as_ref(), &stress);
    let history_hours = tail_risk.as_ref().map_or(0, TailRisk::history_hours);
    let limits = ChangeLimits { history_hours, depth_source: stress.depth_source };
    let proposed = limits.apply(policy, &current, &bounds.implied, &mut bounds.reasons);
    let after = now.with_reserve(asset, proposed.applied_to(&asset_inputs.reserve));
    let impact = ChangeImpact::compute(
        policy,
        tail_risk.as_ref(),
        (now, &current),
        (&after, &proposed),
        asset,
    )?;
    let verdict = impact.decide(policy, &current, &proposed, &mut bounds.reasons);
    let (smart_ltv, implied_confidence) = smart_ltv_estimate::estimate(
        asset_inputs,
        policy,
        tail_risk.as_ref(),
        now.secured_debt_usd(asset),
    )
    .unzip();
    let recommended = if verdict == Verdict::Change { proposed } else { current };
    Ok(Recommendation {
        market: inputs.market.clone(),
        as_of: DateTime::from_timestamp(inputs.as_of_s, 0).unwrap_or_default(),
        asset: asset_inputs.symbol.clone(),
        address: asset_inputs.address.clone(),
        current,
        recommended,
        implied: bounds.implied,
        proposed,
        verdict,
        reasons: bounds.reasons,
        excursion: tail_risk.as_ref().map(|tail_risk| tail_risk.excursion_figures(inputs, policy)),
        bounds: bounds.bounds,
        stress,
        smart_ltv,
        implied_confidence,
        what_if: what_if(inputs, now),
        what_if_proposed: what_if(inputs, &after),
        borrower_cost: impact.borrower_cost,
        shortfall: impact.shortfall,
    })
}

fn what_if(inputs: &ThresholdInputs<'_>, under: &Exposure<'_>) -> Vec<Sensitivity> {
    let falls: Vec<f64> = FALLS_PERCENT.map(|percent| f64::from(percent) / 100.0).collect();
    let accounts: Vec<_> = inputs
        .borrowers
        .iter()
        .map(|borrower| (&borrower.account, borrower.effective_reserves(under.reserves())))
        .collect();
    sensitivity_with_overrides(&accounts, under.prices_usd(), &inputs.stable_assets(), &falls)
}

#[cfg(test)]
mod tests;
