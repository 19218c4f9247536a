//! Replays threshold recommendations through a market's past, beside the parameters in force.

mod counterfactual;
mod hourly;
mod parameter_history;
mod plan;
mod tally;

use chrono::DateTime;
use plimsoll_features::{Market, MarketId, Snapshot, read_histories};
use plimsoll_lake::Store;
use serde::Serialize;

use crate::error::GovernError;
use crate::parameters::CollateralParameters;
use crate::policy::ThresholdPolicy;
use crate::recommend::{Recommendation, recommend};
use crate::threshold_inputs::ThresholdInputs;
pub use hourly::HourlyThreshold;
use parameter_history::ParameterHistory;
pub use parameter_history::ParameterRule;
pub use plan::ReplayPlan;
pub use tally::{LiquidationTotals, RuleTotals};

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

/// Thresholds through a market's past.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Replay {
    /// The market, `<protocol>/<market>`.
    pub market: String,
    /// Steps by time, for each collateral.
    pub steps: Vec<ReplayStep>,
    /// The liquidation threshold at every hour between steps.
    #[serde(skip)]
    pub hours: Vec<HourlyThreshold>,
    /// Liquidations under each rule.
    #[serde(rename = "tallies")]
    pub rule_totals: Vec<RuleTotals>,
}

/// Computes a market's thresholds at regular times of its past, each from the data known then, and
/// simulates its history under them.
///
/// No model is used: one trained on the replayed past would know it. Owners are assumed to act as
/// they did under the parameters in force; an owner who would have repaid under a lower threshold
/// is liquidated here.
///
/// # Errors
/// The errors of [`recommend`] and [`Snapshot::read`].
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

/// Recommends parameters at one time, starting from the last recommended ones.
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
