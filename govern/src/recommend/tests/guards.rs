//! How far one proposal goes.

use super::*;
use crate::depth_curve::DepthSource;
use crate::proposal::consistent;

fn in_force(max_ltv: f64, threshold: f64) -> LineInputs<'static> {
    let mut inputs = market(&[3.0, 4.0]);
    inputs.assets[0].reserve =
        ReserveParameters::new(max_ltv, threshold, 0.05, CloseFactorRule::default()).unwrap();
    inputs
}

fn under(inputs: &LineInputs<'_>, policy: LinePolicy) -> Recommendation {
    recommend(inputs, &policy).unwrap().remove(0)
}

fn text(of: &Recommendation, code: ReasonCode) -> &str {
    &of.reasons.iter().find(|reason| reason.code == code).unwrap().text
}

/// Forgets all but the last hours of an asset's prices.
fn forget(inputs: &mut LineInputs<'_>, asset: usize, hours: usize) {
    let prices = &mut inputs.assets[asset].prices;
    prices.hours.drain(..HOURS - hours);
    prices.first_hour += (HOURS - hours) as i64;
}

#[test]
fn a_young_collateral_gets_a_line_and_no_change() {
    let mut inputs = in_force(0.5, 0.6);
    forget(&mut inputs, 0, 41 * 24 + 5);
    let young = of(&inputs);
    assert!(young.drawn.liquidation_threshold_bps > 7_000, "{:?}", young.drawn);
    assert_eq!((young.verdict, young.recommended), (Verdict::NoChange, young.current));
    assert_eq!(
        text(&young, ReasonCode::TooEarly),
        "41 days of prices are known, fewer than the 90 from which on a change is recommended"
    );
    let policy = LinePolicy { least_change_history_days: 41, ..LinePolicy::default() };
    assert_eq!(under(&inputs, policy).verdict, Verdict::Change);
}

#[test]
fn the_youngest_debt_counts() {
    let mut inputs = in_force(0.5, 0.6);
    inputs.assets.push(LineAsset { symbol: "NEW".to_owned(), ..inputs.assets[1].clone() });
    forget(&mut inputs, 2, 100);
    assert_eq!(of(&inputs).verdict, Verdict::Change, "nobody owes it");
    inputs.borrowers[0].account.debt.push(Holding::new(AssetId(2), 100.0));
    let young = of(&inputs);
    assert_eq!(young.verdict, Verdict::NoChange);
    assert!(text(&young, ReasonCode::TooEarly).starts_with("4 days"));
}

#[test]
fn one_proposal_raises_by_five_per_cent_and_the_next_goes_on() {
    let mut inputs = in_force(0.5, 0.6);
    let first = of(&inputs);
    let told = [first.recommended.max_ltv_bps, first.recommended.liquidation_threshold_bps];
    assert_eq!(told, [5_500, 6_500]);
    assert!(
        text(&first, ReasonCode::RaiseCapped)
            .starts_with("the max LTV is raised from 50.00 % to 55.00 % and not to ")
    );
    let mut proposals = 0;
    while of(&inputs).verdict == Verdict::Change {
        let next = of(&inputs);
        assert!(next.recommended.distance_bps(&next.current) <= 500);
        assert_eq!(consistent(&next.recommended), Ok(()));
        inputs.assets[0].reserve = next.recommended.applied_to(&inputs.assets[0].reserve);
        proposals += 1;
    }
    let settled = of(&inputs);
    assert!(proposals > 3 && settled.drawn.distance_bps(&settled.current) < 250, "{settled:?}");
}

#[test]
fn a_line_that_falls_is_followed_whole() {
    let mut inputs = in_force(0.85, 0.88);
    inputs.assets[0].prices = prices(24, STORM);
    let lowered = of(&inputs);
    assert!(lowered.drawn.liquidation_threshold_bps + 500 < 8_800, "{:?}", lowered.drawn);
    assert_eq!((lowered.verdict, lowered.recommended), (Verdict::Change, lowered.drawn));
}

#[test]
fn an_assumed_depth_raises_nothing_unless_the_policy_says_so() {
    let mut inputs = in_force(0.5, 0.6);
    inputs.assets[0].depth = None;
    let held = of(&inputs);
    assert!(held.drawn.liquidation_threshold_bps > 7_000, "{:?}", held.drawn);
    assert_eq!((held.verdict, held.recommended), (Verdict::NoChange, held.current));
    assert!(
        text(&held, ReasonCode::RaiseHeld)
            .starts_with("the max LTV stays at 50.00 % and is not raised to ")
    );
    let policy = LinePolicy { raise_needs: DepthSource::Policy, ..LinePolicy::default() };
    let raised = under(&inputs, policy);
    assert_eq!((raised.verdict, raised.recommended.max_ltv_bps), (Verdict::Change, 5_500));
    assert!(!codes(&raised).contains(&ReasonCode::RaiseHeld));
}

#[test]
fn what_is_not_raised_does_not_keep_the_rest_from_falling() {
    let mut inputs = in_force(0.3, 0.88);
    inputs.assets[0].prices = prices(24, STORM);
    inputs.assets[0].depth = None;
    let mixed = of(&inputs);
    assert!(mixed.drawn.max_ltv_bps > 3_000 && mixed.drawn.liquidation_threshold_bps < 8_300);
    let expected = CollateralParameters { max_ltv_bps: 3_000, ..mixed.drawn };
    assert_eq!((mixed.verdict, mixed.recommended), (Verdict::Change, expected));
}
