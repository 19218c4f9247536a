//! One step of a replay.

use serde::Serialize;

use crate::error::GovernError;
use crate::parameters::CollateralParameters;
use crate::policy::ThresholdPolicy;
use crate::recommend::{Recommendation, recommend};
use crate::threshold_inputs::ThresholdInputs;

/// One collateral at one time of a replay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReplayStep {
    /// The parameters in force on the chain.
    pub fixed: CollateralParameters,
    /// The recommendation, starting from the last recommended parameters.
    pub recommendation: Recommendation,
    /// The lowest liquidation threshold at any hour until the next step, basis points.
    pub lowest_bps: u16,
}

/// Recommends parameters at one time, starting from the last recommended ones.
pub(super) fn recommend_step(
    snapshot_inputs: &ThresholdInputs<'_>,
    policy: &ThresholdPolicy,
    previous: &[ReplayStep],
) -> Result<Vec<ReplayStep>, GovernError> {
    let mut inputs = snapshot_inputs.clone();
    for asset in &mut inputs.assets {
        let last = previous.iter().rfind(|step| step.recommendation.asset == asset.symbol);
        if let Some(last) = last {
            asset.reserve = last.recommendation.recommended.applied_to(&asset.reserve);
        }
    }
    let step = |recommendation: Recommendation| {
        let in_force =
            snapshot_inputs.assets.iter().find(|asset| asset.symbol == recommendation.asset);
        let in_force = in_force.expect("a recommendation is for one of the assets");
        let lowest_bps = recommendation.implied.liquidation_threshold_bps;
        ReplayStep {
            fixed: CollateralParameters::from_reserve(&in_force.reserve),
            recommendation,
            lowest_bps,
        }
    };
    Ok(recommend(&inputs, policy)?.into_iter().map(step).collect())
}
