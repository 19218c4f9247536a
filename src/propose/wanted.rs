//! What is wanted of each collateral: by the model's recommendation, or by hand.

use anyhow::Context;
use chrono::{DateTime, Utc};
use plimsoll_features::Snapshot;
use plimsoll_govern::{
    CollateralParameters, Field, LineInputs, LinePolicy, NextDay, Recommendation, ReserveState,
    Verdict, Wanted, next_day_forecasts, recommend,
};
use plimsoll_lake::Store;
use plimsoll_model::Model;

use super::place::Place;
use super::setting::Setting;

/// What governance is told of a collateral that is to be changed, and of one that is not.
const CHANGE: &str = "change";
const NO_CHANGE: &str = "no change";

/// Recommends parameters for the market as it was known at a time, with a model if there is one.
pub(super) fn recommended(
    store: &Store,
    place: &Place,
    (model, until): (Option<&Model>, Option<DateTime<Utc>>),
    policy: &LinePolicy,
) -> anyhow::Result<Vec<Recommendation>> {
    let snapshot = Snapshot::read(store, &place.id, until)?;
    let mut inputs = LineInputs::of(&snapshot);
    let Some(model) = model else { return Ok(recommend(&inputs, policy)?) };
    let forecasts = next_day_forecasts(&snapshot, model);
    inputs.next_day = Some(NextDay(&forecasts));
    Ok(recommend(&inputs, policy)?)
}

/// Holds recommendations against the reserves as they stand.
///
/// A field that is not to be changed stays as it stands, also where the lake is behind.
pub(super) fn from_recommendations(
    reserves: Vec<ReserveState>,
    recommendations: &[Recommendation],
) -> anyhow::Result<Vec<Wanted>> {
    let mut wanted = Vec::new();
    for reserve in reserves {
        let of = recommendations.iter().find(|told| told.asset == reserve.asset);
        let Some(told) = of else { continue };
        let stands = reserve.in_force();
        let target = changed(stands, &told.current, &told.recommended);
        let verdict = if told.verdict == Verdict::Change { CHANGE } else { NO_CHANGE };
        wanted.push(Wanted {
            reserve,
            target,
            verdict: verdict.to_owned(),
            reasons: told.reasons.iter().map(|reason| reason.text.clone()).collect(),
            recommendation: Some(serde_json::to_value(told)?),
        });
    }
    Ok(wanted)
}

/// What stands, with what a recommendation changes.
fn changed(
    stands: CollateralParameters,
    current: &CollateralParameters,
    recommended: &CollateralParameters,
) -> CollateralParameters {
    let pick = |field: Field| {
        let (from, to) = (field.of(current), field.of(recommended));
        if from == to { field.of(&stands) } else { to }
    };
    CollateralParameters {
        max_ltv_bps: pick(Field::MaxLtv),
        liquidation_threshold_bps: pick(Field::LiquidationThreshold),
        liquidation_bonus_bps: pick(Field::LiquidationBonus),
    }
}

/// What settings by hand make of the reserves that they name.
pub(super) fn from_settings(
    reserves: Vec<ReserveState>,
    settings: &[Setting],
) -> anyhow::Result<Vec<Wanted>> {
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
    let wanted = |reserve: ReserveState| {
        let mut target = reserve.in_force();
        let own = settings.iter().filter(|setting| setting.asset == reserve.asset);
        own.for_each(|setting| set(&mut target, setting));
        let verdict = if target == reserve.in_force() { NO_CHANGE } else { CHANGE };
        Wanted {
            reserve,
            target,
            verdict: verdict.to_owned(),
            reasons: vec!["Set by hand.".to_owned()],
            recommendation: None,
        }
    };
    let wanted: Vec<Wanted> = reserves.into_iter().filter(named).map(wanted).collect();
    (!wanted.is_empty()).then_some(wanted).context("nothing was set")
}

fn set(target: &mut CollateralParameters, setting: &Setting) {
    match setting.field {
        Field::MaxLtv => target.max_ltv_bps = setting.bps,
        Field::LiquidationThreshold => target.liquidation_threshold_bps = setting.bps,
        Field::LiquidationBonus => target.liquidation_bonus_bps = setting.bps,
    }
}
