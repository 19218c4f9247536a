//! The liquidation threshold at every hour between two steps.

use plimsoll_features::Market;

use super::plan::ReplayPlan;
use super::step::ReplayStep;
use crate::error::GovernError;
use crate::parameters::{BPS_PER_ONE, floor_bps};
use crate::policy::ThresholdPolicy;
use crate::recommend::{BoundKind, Recommendation};
use crate::risk::{
    Excursions, RatioHistory, VolatileSide, conditional_volatility, fraction_from_log,
};
use crate::time::HOUR_S;

/// A collateral's liquidation threshold at one hour.
#[derive(Debug, Clone, PartialEq)]
pub struct HourlyThreshold {
    /// Symbol of the collateral.
    pub asset: String,
    /// The hour, Unix seconds.
    pub time_s: i64,
    /// Its threshold, basis points.
    pub threshold_bps: u16,
}

/// Updates each step's threshold hourly by volatility alone until the next step; the tail, the
/// bonus and the other bounds stay as at the step.
pub(super) fn hourly_thresholds(
    market: &Market,
    policy: &ThresholdPolicy,
    plan: &ReplayPlan,
    steps: &[ReplayStep],
) -> Result<Vec<HourlyThreshold>, GovernError> {
    let mut hours = Vec::new();
    for step in steps {
        hours.extend(hours_after_step(market, policy, plan, &step.recommendation)?);
    }
    Ok(hours)
}

/// Updates the lowest threshold of each step with those of its hours.
pub(super) fn update_lowest_thresholds(steps: &mut [ReplayStep], hours: &[HourlyThreshold]) {
    for at in 0..steps.len() {
        let asset = steps[at].recommendation.asset.clone();
        let next = steps[at + 1..].iter().find(|step| step.recommendation.asset == asset);
        let from_s = steps[at].recommendation.as_of.timestamp();
        let until_s = next.map_or(i64::MAX, |next| next.recommendation.as_of.timestamp());
        let within = hours
            .iter()
            .filter(|hour| hour.asset == asset && from_s <= hour.time_s && hour.time_s < until_s);
        let lowest = within.map(|hour| hour.threshold_bps).min();
        steps[at].lowest_bps = lowest.unwrap_or(u16::MAX).min(steps[at].lowest_bps);
    }
}

fn hours_after_step(
    market: &Market,
    policy: &ThresholdPolicy,
    plan: &ReplayPlan,
    step: &Recommendation,
) -> Result<Vec<HourlyThreshold>, GovernError> {
    let Some(figures) = &step.excursion else { return Ok(Vec::new()) };
    let as_of_s = step.as_of.timestamp();
    let (collateral, debt) =
        (market.find_asset(&step.asset)?, market.find_asset(&figures.against)?);
    let stable = |asset| !market.is_volatile(asset, as_of_s);
    let prices = |asset| market.hourly_prices(asset);
    let moving = VolatileSide::from_stability(stable(collateral), stable(debt));
    let history = RatioHistory::from_prices(&prices(collateral), &prices(debt), moving);
    let index = |time_s: i64| usize::try_from(time_s / HOUR_S - history.first_hour).unwrap_or(0);
    let known = history.truncated(index(as_of_s) + 1);
    let Some(excursions) =
        Excursions::from_history(&known, &policy.excursion_options(figures.hours))
    else {
        return Ok(Vec::new());
    };
    let until_s = (as_of_s + plan.every_s).min(plan.to_s);
    let volatilities = conditional_volatility(&history, &policy.volatility_half_lives_hours);
    let volatilities = volatilities.iter().enumerate().take(index(until_s)).skip(index(as_of_s));
    let others = step.bounds.iter().filter(|bound| {
        !matches!(bound.kind, BoundKind::Excursion | BoundKind::LiquidatorIncentive)
    });
    let most_bps = others.map(|bound| bound.value_bps).min().unwrap_or(u16::MAX);
    let with_bonus = 1.0 + f64::from(step.implied.liquidation_bonus_bps) / BPS_PER_ONE;
    let hour = |(index, volatility): (usize, &f64)| {
        let fall = fraction_from_log(excursions.quantile_at(policy.alpha, *volatility));
        let kept = 1.0 - fall.max(policy.least_excursion);
        HourlyThreshold {
            asset: step.asset.clone(),
            time_s: (history.first_hour + index as i64) * HOUR_S,
            threshold_bps: floor_bps(kept / with_bonus).min(most_bps),
        }
    };
    Ok(volatilities.map(hour).collect())
}
