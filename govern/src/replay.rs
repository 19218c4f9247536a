//! The line of a market through its past, beside the parameters that were in force.

mod between;
mod course;
mod live;
mod plan;
mod tally;

use chrono::DateTime;
use plimsoll_features::{Market, MarketId, Snapshot, histories};
use plimsoll_lake::Store;
use serde::Serialize;

use crate::GovernError;
use crate::collateral_parameters::CollateralParameters;
use crate::line_inputs::LineInputs;
use crate::policy::LinePolicy;
use crate::recommend::recommend;
use crate::recommendation::Recommendation;
pub use between::HourOfLine;
use course::Course;
pub use course::Rule;
pub use plan::ReplayPlan;
pub use tally::{Liquidations, Tally};

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
    pub hours: Vec<HourOfLine>,
    /// What would have been liquidated under each rule.
    pub tallies: Vec<Tally>,
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
    policy: &LinePolicy,
) -> Result<Replay, GovernError> {
    let mut steps = Vec::new();
    for time_s in plan.times_s() {
        let snapshot = Snapshot::read(store, id, DateTime::from_timestamp(time_s, 0))?;
        steps.extend(step(&LineInputs::of(&snapshot), policy, &steps)?);
    }
    let until = DateTime::from_timestamp(plan.to_s, 0);
    let market = Market::read(store, id, until)?;
    let hours = between::hours(&market, policy, plan, &steps)?;
    between::find_lowest(&mut steps, &hours);
    let courses = Rule::ALL.map(|rule| Course::of(rule, &market, &steps));
    let histories = histories(store, &market, until)?;
    let tallies = live::live(&market, &histories, plan, policy, &courses);
    Ok(Replay { market: id.prefix(), steps, hours, tallies })
}

/// Draws the line at one time, from what was recommended before on.
fn step(
    known: &LineInputs<'_>,
    policy: &LinePolicy,
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
        let lowest_bps = recommendation.drawn.liquidation_threshold_bps;
        ReplayStep {
            fixed: CollateralParameters::of(&in_force.reserve),
            recommendation,
            lowest_bps,
        }
    };
    Ok(recommend(&inputs, policy)?.into_iter().map(step).collect())
}
