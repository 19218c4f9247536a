//! Target parameters of each collateral: by the model's recommendation, or set by hand.

use anyhow::Context;
use chrono::{DateTime, Utc};
use plimsoll_features::Snapshot;
use plimsoll_govern::{
    CollateralField, CollateralParameters, NextDayForecaster, Recommendation, ReserveState,
    TargetParameters, ThresholdInputs, ThresholdPolicy, Verdict, next_day_forecasts, recommend,
};
use plimsoll_lake::Store;
use plimsoll_model::Model;

use super::market_source::MarketSource;
use super::setting::Setting;

/// Verdicts in a proposal's text.
const CHANGE: &str = "change";
const NO_CHANGE: &str = "no change";

/// Recommends parameters for the market as known at a time, with a model if there is one.
pub(super) fn recommend_parameters(
    store: &Store,
    source: &MarketSource,
    (model, until): (Option<&Model>, Option<DateTime<Utc>>),
    policy: &ThresholdPolicy,
) -> anyhow::Result<Vec<Recommendation>> {
    let snapshot = Snapshot::read(store, &source.id, until)?;
    let mut inputs = ThresholdInputs::from_snapshot(&snapshot);
    let Some(model) = model else { return Ok(recommend(&inputs, policy)?) };
    let forecasts = next_day_forecasts(&snapshot, model);
    inputs.next_day = Some(NextDayForecaster(&forecasts));
    Ok(recommend(&inputs, policy)?)
}

/// Applies recommendations to the reserves' current parameters.
///
/// A field that is not to be changed keeps its current value, even if the lake is out of date.
pub(super) fn from_recommendations(
    reserves: Vec<ReserveState>,
    recommendations: &[Recommendation],
) -> anyhow::Result<Vec<TargetParameters>> {
    let mut targets = Vec::new();
    for reserve in reserves {
        let recommendation =
            recommendations.iter().find(|recommendation| recommendation.asset == reserve.asset);
        let Some(recommendation) = recommendation else { continue };
        let in_force = reserve.in_force();
        let target = apply_changes(in_force, &recommendation.current, &recommendation.recommended);
        let verdict = if recommendation.verdict == Verdict::Change { CHANGE } else { NO_CHANGE };
        targets.push(TargetParameters {
            reserve,
            target,
            verdict: verdict.to_owned(),
            reasons: recommendation.reasons.iter().map(|reason| reason.text.clone()).collect(),
            recommendation: Some(serde_json::to_value(recommendation)?),
        });
    }
    Ok(targets)
}

/// The current parameters with a recommendation's changes.
fn apply_changes(
    in_force: CollateralParameters,
    current: &CollateralParameters,
    recommended: &CollateralParameters,
) -> CollateralParameters {
    let mut parameters = in_force;
    for field in CollateralField::ALL {
        let (from, to) = (field.get(current), field.get(recommended));
        if from != to {
            field.set(&mut parameters, to);
        }
    }
    parameters
}

/// Applies settings to the reserves that they name.
pub(super) fn from_settings(
    reserves: Vec<ReserveState>,
    settings: &[Setting],
) -> anyhow::Result<Vec<TargetParameters>> {
    for setting in settings {
        let known: Vec<&str> = reserves.iter().map(|reserve| reserve.asset.as_str()).collect();
        anyhow::ensure!(
            known.contains(&setting.asset.as_str()),
            "`{}` is none of the market's collaterals: {}",
            setting.asset,
            known.join(", ")
        );
    }
    let named = |reserve: &ReserveState| settings.iter().any(|s| s.asset == reserve.asset);
    let target = |reserve: ReserveState| {
        let mut target = reserve.in_force();
        let own = settings.iter().filter(|setting| setting.asset == reserve.asset);
        own.for_each(|setting| setting.field.set(&mut target, setting.bps));
        let verdict = if target == reserve.in_force() { NO_CHANGE } else { CHANGE };
        TargetParameters {
            reserve,
            target,
            verdict: verdict.to_owned(),
            reasons: vec!["Set by hand.".to_owned()],
            recommendation: None,
        }
    };
    let targets: Vec<TargetParameters> = reserves.into_iter().filter(named).map(target).collect();
    (!targets.is_empty()).then_some(targets).context("nothing was set")
}
