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

/// Whether a person means a reserve by this name: its label or its address.
fn is_named(reserve: &ReserveState, named: &str) -> bool {
    let address = reserve.address.map(|address| address.to_string());
    reserve.asset == named || address.is_some_and(|own| own.eq_ignore_ascii_case(named))
}

/// Checks that a setting names one reserve; a symbol that several have is refused with their addresses.
fn check_named(reserves: &[ReserveState], setting: &Setting) -> anyhow::Result<()> {
    let named = &setting.asset;
    if reserves.iter().any(|reserve| is_named(reserve, named)) {
        return Ok(());
    }
    let has_symbol = |reserve: &&ReserveState| {
        reserve.asset.strip_prefix(named.as_str()).is_some_and(|rest| rest.starts_with(" ("))
    };
    let same: Vec<String> = reserves
        .iter()
        .filter(has_symbol)
        .filter_map(|reserve| Some(reserve.address?.to_string().to_ascii_lowercase()))
        .collect();
    anyhow::ensure!(
        same.is_empty(),
        "`{named}` is the symbol of several assets; use an address: {}",
        same.join(", ")
    );
    let known: Vec<&str> = reserves.iter().map(|reserve| reserve.asset.as_str()).collect();
    anyhow::bail!("`{named}` is none of the market's collaterals: {}", known.join(", "))
}

/// Applies settings to the reserves that they name.
pub(super) fn from_settings(
    reserves: Vec<ReserveState>,
    settings: &[Setting],
) -> anyhow::Result<Vec<TargetParameters>> {
    for setting in settings {
        check_named(&reserves, setting)?;
    }
    let named = |reserve: &ReserveState| settings.iter().any(|s| is_named(reserve, &s.asset));
    let target = |reserve: ReserveState| {
        let mut target = reserve.in_force();
        let own = settings.iter().filter(|setting| is_named(&reserve, &setting.asset));
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
