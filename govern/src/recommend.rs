//! From what is known of a market to a recommendation for each of its collaterals.

mod draw;
mod guard;
mod opinion;
mod stress;
mod verdict;
mod worst_fall;

use chrono::DateTime;
use plimsoll_lending::AssetId;

use crate::GovernError;
use crate::collateral_parameters::CollateralParameters;
use crate::exposure::Exposure;
use crate::line_inputs::LineInputs;
use crate::policy::LinePolicy;
use crate::recommendation::{Recommendation, Verdict};
use crate::sensitivity::{Sensitivity, sensitivity_of};
use draw::Drawing;
use guard::Evidence;
use verdict::Consequences;
use worst_fall::WorstFall;
pub(crate) use worst_fall::{fraction, moving, options};

/// Falls of the what-if curves, per cent.
const FALLS_PERCENT: std::ops::RangeInclusive<u32> = 1..=60;

/// Recommends parameters for every collateral that secures a debt, each by itself, the others'
/// staying in force; in the order of the assets.
///
/// Equal inputs give equal bits: nothing is drawn at random, and no clock is read.
///
/// # Errors
/// [`GovernError::Policy`] if the policy is not sound, [`GovernError::NoPrice`] if an asset has no
/// price, [`GovernError::NoCollateral`] if nothing counts as collateral, or what the forecaster
/// says.
pub fn recommend(
    inputs: &LineInputs<'_>,
    policy: &LinePolicy,
) -> Result<Vec<Recommendation>, GovernError> {
    policy.validate()?;
    inputs.check_prices()?;
    let counts = |asset: &AssetId| inputs.assets[asset.index()].reserve.liquidation_threshold > 0.0;
    let collaterals: Vec<AssetId> =
        (0..).map(AssetId).take(inputs.assets.len()).filter(counts).collect();
    if collaterals.is_empty() {
        return Err(GovernError::NoCollateral { market: inputs.market.clone() });
    }
    let now = Exposure::now(inputs);
    let secures = collaterals.into_iter().filter(|asset| now.debt_on_usd(*asset) > 0.0);
    secures.map(|asset| one(inputs, policy, &now, asset)).collect()
}

fn one(
    inputs: &LineInputs<'_>,
    policy: &LinePolicy,
    now: &Exposure<'_>,
    asset: AssetId,
) -> Result<Recommendation, GovernError> {
    let of = &inputs.assets[asset.index()];
    let current = CollateralParameters::of(&of.reserve);
    let fall = WorstFall::of(inputs, policy, &now.owed_on_usd(asset), asset);
    let stress = stress::figures(of, policy, now, asset);
    let mut drawing = Drawing::of(of, policy, fall.as_ref(), &stress);
    let known_hours = fall.as_ref().map_or(0, WorstFall::known_hours);
    let evidence = Evidence { known_hours, depth: stress.depth_source };
    let proposed = evidence.proposed(policy, &current, &drawing.drawn, &mut drawing.reasons);
    let then = now.with(asset, proposed.applied_to(&of.reserve));
    let consequences =
        Consequences::of(policy, fall.as_ref(), (now, &current), (&then, &proposed), asset)?;
    let verdict = consequences.judge(policy, &current, &proposed, &mut drawing.reasons);
    let (smart_ltv, implied_confidence) =
        opinion::of(of, policy, fall.as_ref(), now.debt_on_usd(asset)).unzip();
    let recommended = if verdict == Verdict::Change { proposed } else { current };
    Ok(Recommendation {
        market: inputs.market.clone(),
        as_of: DateTime::from_timestamp(inputs.as_of_s, 0).unwrap_or_default(),
        asset: of.symbol.clone(),
        address: of.address.clone(),
        current,
        recommended,
        drawn: drawing.drawn,
        proposed,
        verdict,
        reasons: drawing.reasons,
        excursion: fall.as_ref().map(|fall| fall.figures(inputs, policy)),
        bounds: drawing.bounds,
        stress,
        smart_ltv,
        implied_confidence,
        what_if: what_if(inputs, now),
        what_if_proposed: what_if(inputs, &then),
        harm: consequences.harm,
        shortfall: consequences.shortfall,
    })
}

fn what_if(inputs: &LineInputs<'_>, under: &Exposure<'_>) -> Vec<Sensitivity> {
    let falls: Vec<f64> = FALLS_PERCENT.map(|percent| f64::from(percent) / 100.0).collect();
    let accounts: Vec<_> = inputs
        .borrowers
        .iter()
        .map(|borrower| (&borrower.account, borrower.reserves(under.reserves())))
        .collect();
    sensitivity_of(&accounts, under.prices_usd(), &inputs.stable(), &falls)
}

#[cfg(test)]
mod tests;
