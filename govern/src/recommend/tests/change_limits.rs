//! Limits of one proposal.

use plimsoll_lending::{AssetAmount, AssetId};

use super::*;
use crate::proposal::check_consistency;
use crate::risk::DepthSource;
use crate::threshold_inputs::AssetInputs;

fn with_parameters(max_ltv: f64, threshold: f64) -> ThresholdInputs<'static> {
    let mut inputs = market(&[3.0, 4.0]);
    inputs.assets[0].reserve =
        ReserveParameters::new(max_ltv, threshold, 0.05, CloseFactorRule::default()).unwrap();
    inputs
}

fn recommend_under(inputs: &ThresholdInputs<'_>, policy: ThresholdPolicy) -> Recommendation {
    recommend(inputs, &policy).unwrap().remove(0)
}

fn reason_text(recommendation: &Recommendation, code: ReasonCode) -> &str {
    &recommendation.reasons.iter().find(|reason| reason.code == code).unwrap().text
}

/// Keeps only the last hours of an asset's prices.
fn keep_last_hours(inputs: &mut ThresholdInputs<'_>, asset: usize, hours: usize) {
    let prices = &mut inputs.assets[asset].prices;
    prices.hours.drain(..HOURS - hours);
    prices.first_hour += (HOURS - hours) as i64;
}

#[test]
fn short_history_gives_a_threshold_but_no_change() {
    let mut inputs = with_parameters(0.5, 0.6);
    keep_last_hours(&mut inputs, 0, 41 * 24 + 5);
    let young = recommend_default(&inputs);
    assert!(young.implied.liquidation_threshold_bps > 7_000, "{:?}", young.implied);
    assert_eq!((young.verdict, young.recommended), (Verdict::NoChange, young.current));
    assert_eq!(
        reason_text(&young, ReasonCode::TooEarly),
        "41 days of prices are known, fewer than the 90 from which on a change is recommended"
    );
    let policy = ThresholdPolicy { least_change_history_days: 41, ..ThresholdPolicy::default() };
    assert_eq!(recommend_under(&inputs, policy).verdict, Verdict::Change);
}

#[test]
fn shortest_debt_history_counts() {
    let mut inputs = with_parameters(0.5, 0.6);
    inputs.assets.push(AssetInputs { symbol: "NEW".to_owned(), ..inputs.assets[1].clone() });
    keep_last_hours(&mut inputs, 2, 100);
    assert_eq!(recommend_default(&inputs).verdict, Verdict::Change, "nobody owes it");
    inputs.borrowers[0].account.debt.push(AssetAmount::new(AssetId(2), 100.0));
    let young = recommend_default(&inputs);
    assert_eq!(young.verdict, Verdict::NoChange);
    assert!(reason_text(&young, ReasonCode::TooEarly).starts_with("4 days"));
}

#[test]
fn raise_is_capped_per_proposal_and_continues_in_the_next() {
    let mut inputs = with_parameters(0.5, 0.6);
    let first = recommend_default(&inputs);
    let recommended_bps =
        [first.recommended.max_ltv_bps, first.recommended.liquidation_threshold_bps];
    assert_eq!(recommended_bps, [5_500, 6_500]);
    assert!(
        reason_text(&first, ReasonCode::RaiseCapped)
            .starts_with("the max LTV is raised from 50.00 % to 55.00 % and not to ")
    );
    let mut proposals = 0;
    while recommend_default(&inputs).verdict == Verdict::Change {
        let next = recommend_default(&inputs);
        assert!(next.recommended.max_difference_bps(&next.current) <= 500);
        assert_eq!(check_consistency(&next.recommended), Ok(()));
        inputs.assets[0].reserve = next.recommended.applied_to(&inputs.assets[0].reserve);
        proposals += 1;
    }
    let settled = recommend_default(&inputs);
    assert!(
        proposals > 3 && settled.implied.max_difference_bps(&settled.current) < 250,
        "{settled:?}"
    );
}

#[test]
fn lower_threshold_is_adopted_in_full() {
    let mut inputs = with_parameters(0.85, 0.88);
    inputs.assets[0].prices = prices(24, HIGH_VOLATILITY);
    let lowered = recommend_default(&inputs);
    assert!(lowered.implied.liquidation_threshold_bps + 500 < 8_800, "{:?}", lowered.implied);
    assert_eq!((lowered.verdict, lowered.recommended), (Verdict::Change, lowered.implied));
}

#[test]
fn assumed_depth_permits_raises_only_by_policy() {
    let mut inputs = with_parameters(0.5, 0.6);
    inputs.assets[0].depth = None;
    let unraised = recommend_default(&inputs);
    assert!(unraised.implied.liquidation_threshold_bps > 7_000, "{:?}", unraised.implied);
    assert_eq!((unraised.verdict, unraised.recommended), (Verdict::NoChange, unraised.current));
    assert!(
        reason_text(&unraised, ReasonCode::RaiseHeld)
            .starts_with("the max LTV stays at 50.00 % and is not raised to ")
    );
    let policy = ThresholdPolicy { raise_needs: DepthSource::Policy, ..ThresholdPolicy::default() };
    let raised = recommend_under(&inputs, policy);
    assert_eq!((raised.verdict, raised.recommended.max_ltv_bps), (Verdict::Change, 5_500));
    assert!(!reason_codes(&raised).contains(&ReasonCode::RaiseHeld));
}

#[test]
fn held_raise_does_not_block_reductions() {
    let mut inputs = with_parameters(0.3, 0.88);
    inputs.assets[0].prices = prices(24, HIGH_VOLATILITY);
    inputs.assets[0].depth = None;
    let mixed = recommend_default(&inputs);
    assert!(mixed.implied.max_ltv_bps > 3_000 && mixed.implied.liquidation_threshold_bps < 8_300);
    let expected = CollateralParameters { max_ltv_bps: 3_000, ..mixed.implied };
    assert_eq!((mixed.verdict, mixed.recommended), (Verdict::Change, expected));
}
