use proptest::prelude::*;

use super::*;
use crate::proposal::steward::fixtures::{DAY_S, limits, parameters, reserve};
use crate::proposal::steward::limits::Limit;

const NOW_S: u64 = 1_700_000_000;

fn schedule(
    reserve: &ReserveState,
    target: CollateralParameters,
    limits: &StewardLimits,
) -> Result<Vec<(u64, [u16; 3])>, Refusal> {
    let steps = steward_schedule(reserve, target, limits, NOW_S)?;
    let date_and_parameters = |step: &ScheduledStep| {
        let after = step.after.in_force();
        ((step.not_before_s - NOW_S), CollateralField::ALL.map(|field| field.get(&after)))
    };
    Ok(steps.iter().map(date_and_parameters).collect())
}

#[test]
fn hundred_basis_points_take_two_calls_three_days_apart() {
    let reserve = reserve(parameters(8_000, 8_250, 500));
    let steps = schedule(&reserve, parameters(8_000, 8_350, 500), &limits()).unwrap();
    assert_eq!(steps, [(0, [8_000, 8_300, 500]), (3 * DAY_S, [8_000, 8_350, 500])]);
}

#[test]
fn unchanged_parameters_need_no_step() {
    let reserve = reserve(parameters(8_000, 8_250, 500));
    assert_eq!(schedule(&reserve, reserve.stored, &limits()), Ok(vec![]));
}

#[test]
fn fields_move_together_after_their_delays() {
    let mut reserve = reserve(parameters(8_000, 8_050, 500));
    reserve.last_change.max_ltv_s = NOW_S - DAY_S;
    let steps = schedule(&reserve, parameters(7_950, 8_000, 500), &limits()).unwrap();
    assert_eq!(steps, [(2 * DAY_S, [7_950, 8_000, 500])]);
    let step =
        &steward_schedule(&reserve, parameters(7_950, 8_000, 500), &limits(), NOW_S).unwrap()[0];
    assert!(step.notes[0].contains("max LTV: changed at"), "{:?}", step.notes);
}

#[test]
fn only_delays_pending_on_chain_are_noted() {
    let mut reserve = reserve(parameters(8_000, 8_250, 500));
    reserve.last_change.liquidation_threshold_s = NOW_S;
    let steps =
        steward_schedule(&reserve, parameters(8_000, 8_150, 500), &limits(), NOW_S).unwrap();
    let waits = |step: &ScheduledStep| step.notes.iter().any(|note| note.contains("not again for"));
    assert_eq!(steps.iter().map(waits).collect::<Vec<_>>(), [true, false]);
    assert_eq!(steps[0].not_before_s, NOW_S + 3 * DAY_S);
}

#[test]
fn field_at_its_target_is_not_set_again() {
    let reserve = reserve(parameters(7_800, 8_250, 500));
    let steps =
        steward_schedule(&reserve, parameters(7_750, 8_150, 500), &limits(), NOW_S).unwrap();
    assert_eq!(steps[0].update.max_ltv_bps, Some(7_750));
    assert_eq!((steps.len(), steps[1].update.max_ltv_bps), (2, None));
}

#[test]
fn clipped_max_ltv_limits_the_threshold() {
    let mut tight = limits();
    tight.max_ltv.max_change_bps = 20;
    let reserve = reserve(parameters(8_000, 8_020, 500));
    let target = parameters(7_960, 7_970, 500);
    let steps = schedule(&reserve, target, &tight).unwrap();
    assert_eq!(steps, [(0, [7_980, 7_980, 500]), (3 * DAY_S, [7_960, 7_970, 500])]);
    let notes = &steward_schedule(&reserve, target, &tight, NOW_S).unwrap()[0].notes;
    let held = "liquidation threshold: held at 7980 instead of 7970 bps";
    assert!(notes.iter().any(|note| note.starts_with(held)), "{notes:?}");
}

#[test]
fn threshold_rises_no_faster_than_the_bonus_falls() {
    // 9550 * 10476 is above one: both clipped to 50 bps would not fit together.
    let reserve = reserve(parameters(9_000, 9_500, 526));
    let steps = schedule(&reserve, parameters(9_000, 9_600, 400), &limits()).unwrap();
    assert_eq!(steps[0].1, [9_000, 9_545, 476]);
    assert_eq!(steps.last().unwrap().1, [9_000, 9_600, 400]);
}

#[test]
fn steward_refusals_carry_the_reason() {
    let plain = reserve(parameters(8_000, 8_250, 500));
    let refusal = |reserve: &ReserveState, target| {
        steward_schedule(reserve, target, &limits(), NOW_S).expect_err("a refusal").to_string()
    };
    let lower = parameters(8_000, 8_200, 500);
    let restricted = ReserveState { is_restricted: true, ..plain.clone() };
    assert!(refusal(&restricted, lower).contains("restricted"));
    let mut frozen = reserve(parameters(0, 8_250, 500));
    (frozen.is_frozen, frozen.pending_ltv_bps) = (true, Some(8_000));
    assert!(refusal(&frozen, lower).contains("8000 bps is set aside"));
    frozen.is_frozen = false;
    assert!(refusal(&frozen, lower).contains("by decision"));
    assert!(refusal(&plain, parameters(0, 8_250, 500)).contains("max LTV to 0"));
    assert!(refusal(&plain, parameters(8_000, 9_600, 500)).contains("above 100000000"));
    let still = Limit { max_change_bps: 0, min_delay_s: 0 };
    let limits = StewardLimits { liquidation_threshold: still, ..limits() };
    assert!(matches!(
        steward_schedule(&plain, lower, &limits, NOW_S),
        Err(Refusal::Immovable { .. })
    ));
}

#[test]
fn frozen_reserve_without_pending_ltv_can_change() {
    let mut frozen = reserve(parameters(0, 8_250, 500));
    frozen.is_frozen = true;
    let steps = schedule(&frozen, parameters(0, 8_200, 500), &limits()).unwrap();
    assert_eq!(steps, [(0, [0, 8_200, 500])]);
    frozen.pending_ltv_bps = None;
    frozen.stored.max_ltv_bps = 8_000;
    assert!(steward_schedule(&frozen, parameters(8_000, 8_200, 500), &limits(), NOW_S).is_ok());
}

fn any_consistent() -> impl Strategy<Value = CollateralParameters> {
    let any = (1_u16..9_900, 0_u16..9_900, 1_u16..2_000);
    let any = any
        .prop_map(|(threshold, ltv, bonus)| parameters(ltv.clamp(1, threshold), threshold, bonus));
    any.prop_filter("fits together", |parameters| check_consistency(parameters).is_ok())
}

fn any_limit() -> impl Strategy<Value = Limit> {
    (1_u16..300, 0_u64..10 * DAY_S)
        .prop_map(|(max_change_bps, min_delay_s)| Limit { max_change_bps, min_delay_s })
}

/// `RiskSteward.updateCollateralSide`, as its documentation has it.
fn check_steward_accepts(
    before: &ReserveState,
    step: &ScheduledStep,
    limits: &StewardLimits,
) -> Result<(), TestCaseError> {
    prop_assert!(step.update.changes().next().is_some());
    for (field, bps) in step.update.changes() {
        let limit = limits.get(field);
        prop_assert!(bps > 0);
        prop_assert!(bps != field.get(&before.stored));
        prop_assert!(bps.abs_diff(field.get(&before.stored)) <= limit.max_change_bps);
        let since_s = step.not_before_s - before.last_change.get(field);
        prop_assert!(since_s >= limit.min_delay_s);
    }
    Ok(())
}

proptest! {
    #[test]
    fn steward_accepts_every_scheduled_step(
        current in any_consistent(),
        target in any_consistent(),
        limits in [any_limit(), any_limit(), any_limit()],
        changed_s in [0_u64..NOW_S, 0_u64..NOW_S, 0_u64..NOW_S],
    ) {
        let [max_ltv, liquidation_threshold, liquidation_bonus] = limits;
        let limits = StewardLimits { max_ltv, liquidation_threshold, liquidation_bonus };
        let mut before = reserve(current);
        CollateralField::ALL.into_iter().zip(changed_s).for_each(|(f, s)| before.last_change.set(f, s));
        let steps = steward_schedule(&before, target, &limits, NOW_S).unwrap();
        let mut now_s = NOW_S;
        for step in &steps {
            prop_assert!(step.not_before_s >= now_s);
            check_steward_accepts(&before, step, &limits)?;
            prop_assert!(check_consistency(&step.after.stored).is_ok());
            (before, now_s) = (step.after.clone(), step.not_before_s);
        }
        prop_assert_eq!(before.stored, target);
        let least_steps = |field: CollateralField| {
            let change = field.get(&current).abs_diff(field.get(&target));
            usize::from(change.div_ceil(limits.get(field).max_change_bps))
        };
        let fewest = CollateralField::ALL.into_iter().map(least_steps).max().unwrap();
        prop_assert!(steps.len() >= fewest);
        let held = steps.iter().any(|step| step.notes.iter().any(|n| n.contains("held")));
        prop_assert!(held || steps.len() == fewest);
    }
}
