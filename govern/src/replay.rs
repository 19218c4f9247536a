//! Replays threshold recommendations through a market's past, beside the parameters in force.

mod counterfactual;
mod hourly;
mod parameter_history;
mod plan;
mod step;
mod tally;

use chrono::DateTime;
use plimsoll_features::{Market, MarketId, Snapshot, read_histories};
use plimsoll_lake::Store;
use serde::Serialize;

use crate::error::GovernError;
use crate::policy::ThresholdPolicy;
use crate::threshold_inputs::ThresholdInputs;
pub use hourly::HourlyThreshold;
use parameter_history::ParameterHistory;
pub use parameter_history::ParameterRule;
pub use plan::ReplayPlan;
pub use step::ReplayStep;
use step::recommend_step;
pub use tally::{LiquidationTotals, RuleTotals};

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
/// The errors of [`recommend`](crate::recommend()) and [`Snapshot::read`].
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
    let parameter_histories =
        ParameterRule::ALL.map(|rule| ParameterHistory::from_steps(rule, &market, &steps));
    let histories = read_histories(store, &market, until)?;
    let rule_totals =
        counterfactual::simulate_rules(&market, &histories, plan, policy, &parameter_histories);
    Ok(Replay { market: id.name(), steps, hours, rule_totals })
}
