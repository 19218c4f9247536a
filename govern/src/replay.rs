//! The line of a market through its past, beside the parameters that were in force.

mod counterfactual;
mod hourly;
mod parameter_history;
mod plan;
mod tally;

use chrono::DateTime;
use plimsoll_features::{Market, MarketId, Snapshot, read_histories};
use plimsoll_lake::Store;
use serde::Serialize;

use crate::GovernError;
use crate::collateral_parameters::CollateralParameters;
use crate::policy::ThresholdPolicy;
use crate::recommend::recommend;
use crate::recommendation::Recommendation;
use crate::threshold_inputs::ThresholdInputs;
pub use hourly::HourlyThreshold;
use parameter_history::ParameterHistory;
pub use parameter_history::ParameterRule;
pub use plan::ReplayPlan;
pub use tally::{LiquidationTotals, RuleTotals};

/// One collateral at one time of a replay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReplayStep {
    /// What was in force on the chain.
    pub fixed: CollateralParameters,
    /// What the line would have had, and whether changing to it from what was last recommended was
    /// worth it.
    pub recommendation: Recommendation,
    /// The lowest threshold that the line had at any hour until the next step, basis points.
    pub lowest_bps: u16,
}

/// A line through a market's past.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Replay {
    /// The market, `<protocol>/<market>`.
    pub market: String,
    /// By time, each collateral.
    pub steps: Vec<ReplayStep>,
    /// The line at every hour between.
    #[serde(skip)]
    pub hours: Vec<HourlyThreshold>,
    /// What would have been liquidated under each rule.
    #[serde(rename = "tallies")]
    pub rule_totals: Vec<RuleTotals>,
}

/// Draws a market's line again and again through its past, each time from what was then known, and
/// lives through its history under it.
///
/// No model is asked: one trained on the past being replayed would know it. Owners do what they did
/// under the parameters in force; who would have met a lower line by a repayment is liquidated here.
///
/// # Errors
/// As [`recommend`] and [`Snapshot::read`].
pub fn replay(
    store: &Store,
    id: &MarketId,
    plan: &ReplayPlan,
    policy: &ThresholdPolicy,
) -> Result<Replay, GovernError> {
    let mut steps = Vec::new();
    for time_s in plan.times_s() {
        let snapshot = Snapshot::read(store, id, DateTime::from_timestamp(time_s, 0))?;
        steps.extend(recommend_step(&ThresholdInputs::from_snapshot(&snapshot), policy, &steps)?);
    }
    let until = DateTime::from_timestamp(plan.to_s, 0);
    let market = Market::read(store, id, until)?;
    let hours = hourly::hourly_thresholds(&market, policy, plan, &steps)?;
    hourly::update_lowest_thresholds(&mut steps, &hours);
    let courses =
        ParameterRule::ALL.map(|rule| ParameterHistory::from_steps(rule, &market, &steps));
    let histories = read_histories(store, &market, until)?;
    let tallies = counterfactual::simulate_rules(&market, &histories, plan, policy, &courses);
    Ok(Replay { market: id.prefix(), steps, hours, rule_totals: tallies })
}

/// Draws the line at one time, from what was recommended before on.
fn recommend_step(
    known: &ThresholdInputs<'_>,
    policy: &ThresholdPolicy,
    before: &[ReplayStep],
) -> Result<Vec<ReplayStep>, GovernError> {
    let mut inputs = known.clone();
    for asset in &mut inputs.assets {
        let voted = before.iter().rfind(|step| step.recommendation.asset == asset.symbol);
        if let Some(voted) = voted {
            asset.reserve = voted.recommendation.recommended.applied_to(&asset.reserve);
        }
    }
    let step = |recommendation: Recommendation| {
        let in_force = known.assets.iter().find(|asset| asset.symbol == recommendation.asset);
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
