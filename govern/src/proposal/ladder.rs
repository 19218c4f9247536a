//! A change in steps that a risk steward takes, with the dates from which it takes them.

use chrono::DateTime;

use super::consistency::{BPS, LARGEST_PRODUCT, consistent};
use super::field::Field;
use super::limits::StewardLimits;
use super::refusal::Refusal;
use super::reserve::ReserveState;
use super::update::CollateralUpdate;
use crate::CollateralParameters;

/// One step of one collateral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// The first second at which the steward takes it, unix time.
    pub not_before_s: u64,
    /// What is set.
    pub update: CollateralUpdate,
    /// The reserve after it.
    pub after: ReserveState,
    /// What was clipped, held back or waited for, in words.
    pub notes: Vec<String>,
}

/// Leads a reserve to `target` by steps within a steward's limits, none before `now_s`.
///
/// All fields that still have to move move together, once the last of them may: a value that was
/// clipped never meets one that was not. Where a clipped step would not fit together, the field
/// that breaks it is held back as far as it must be.
///
/// # Errors
/// [`Refusal`] if the steward would take no such steps.
pub fn ladder(
    reserve: &ReserveState,
    target: CollateralParameters,
    limits: &StewardLimits,
    now_s: u64,
) -> Result<Vec<Rung>, Refusal> {
    if CollateralUpdate::minimal(reserve, target).is_none() {
        return Ok(Vec::new());
    }
    admit(reserve, target, limits)?;
    let climb = Climb { limits, from_s: now_s };
    let (mut state, mut now_s, mut rungs) = (reserve.clone(), now_s, Vec::new());
    while let Some(whole) = CollateralUpdate::minimal(&state, target) {
        let rung = climb.rung(&state, &whole, now_s)?;
        (state, now_s) = (rung.after.clone(), rung.not_before_s);
        rungs.push(rung);
    }
    Ok(rungs)
}

/// A way up that began at a time.
struct Climb<'a> {
    limits: &'a StewardLimits,
    from_s: u64,
}

/// Whether a change may be made on any route: what stands and what is wanted fit together, and no
/// decision stands against it.
pub(super) fn admit_anywhere(
    reserve: &ReserveState,
    target: CollateralParameters,
) -> Result<(), Refusal> {
    let asset = || reserve.asset.clone();
    if let Some(pending_ltv_bps) = reserve.set_aside().filter(|_| !reserve.is_frozen) {
        return Err(Refusal::LtvZero { asset: asset(), pending_ltv_bps });
    }
    consistent(&target).map_err(|source| Refusal::Target { asset: asset(), source })
}

fn admit(
    reserve: &ReserveState,
    target: CollateralParameters,
    limits: &StewardLimits,
) -> Result<(), Refusal> {
    let asset = || reserve.asset.clone();
    admit_anywhere(reserve, target)?;
    if reserve.is_restricted {
        return Err(Refusal::Restricted { asset: asset() });
    }
    let current = reserve.in_force();
    consistent(&current).map_err(|source| Refusal::Current { asset: asset(), source })?;
    let sets_ltv = current.max_ltv_bps != target.max_ltv_bps;
    if reserve.sets_aside() && (reserve.set_aside().is_some() || sets_ltv) {
        let pending_ltv_bps = reserve.set_aside().unwrap_or_default();
        return Err(Refusal::Frozen { asset: asset(), pending_ltv_bps });
    }
    for field in Field::ALL.into_iter().filter(|field| field.of(&current) != field.of(&target)) {
        if field.of(&target) == 0 {
            return Err(Refusal::ToZero { asset: asset(), field });
        }
        if limits.of(field).max_change_bps == 0 {
            return Err(Refusal::Immovable { asset: asset(), field });
        }
    }
    Ok(())
}

impl Climb<'_> {
    /// The next step on the way of a whole change.
    fn rung(
        &self,
        state: &ReserveState,
        whole: &CollateralUpdate,
        now_s: u64,
    ) -> Result<Rung, Refusal> {
        let mut notes = Vec::new();
        let not_before_s = self.free_from(state, whole, now_s, &mut notes);
        let from = state.in_force();
        let to = fitted(from, self.clipped(from, whole, &mut notes), &mut notes);
        let stuck = || Refusal::Stuck {
            asset: state.asset.clone(),
            at: Field::ALL.map(|field| field.of(&from)),
        };
        let update = CollateralUpdate::minimal(state, to).ok_or_else(stuck)?;
        consistent(&to).map_err(|_| stuck())?;
        let mut after = state.after(&update);
        update.changes().for_each(|(field, _)| after.last_change.set(field, not_before_s));
        Ok(Rung { not_before_s, update, after, notes })
    }

    /// When every field that has to move may. What this way itself moved is not told.
    fn free_from(
        &self,
        state: &ReserveState,
        whole: &CollateralUpdate,
        now_s: u64,
        notes: &mut Vec<String>,
    ) -> u64 {
        let mut free_s = now_s;
        for (field, _) in whole.changes() {
            let last_s = state.last_change.of(field);
            let delay_s = self.limits.of(field).min_delay_s;
            let field_s = if last_s > 0 { last_s.saturating_add(delay_s) } else { 0 };
            if last_s < self.from_s && field_s > now_s {
                let last = utc(last_s);
                notes.push(format!("{field}: changed at {last}, and not again for {delay_s} s"));
            }
            free_s = free_s.max(field_s);
        }
        free_s
    }

    /// As far as each field may go by itself.
    fn clipped(
        &self,
        from: CollateralParameters,
        whole: &CollateralUpdate,
        notes: &mut Vec<String>,
    ) -> CollateralParameters {
        let mut clipped = from;
        for (field, wanted) in whole.changes() {
            let (now, reach) = (field.of(&from), self.limits.of(field).max_change_bps);
            let step = wanted.clamp(now.saturating_sub(reach), now.saturating_add(reach));
            if step != wanted {
                notes.push(format!(
                    "{field}: {now} to {wanted} bps is clipped to {step}, as one step is at most {reach} bps"
                ));
            }
            field.set(&mut clipped, step);
        }
        clipped
    }
}

/// A time in words.
fn utc(time_s: u64) -> String {
    let time = i64::try_from(time_s).ok().and_then(|time_s| DateTime::from_timestamp(time_s, 0));
    time.map_or_else(|| time_s.to_string(), |time| time.format("%F %T UTC").to_string())
}

/// The step nearest to `clipped` that fits together, between it and `from`, which does.
fn fitted(
    from: CollateralParameters,
    clipped: CollateralParameters,
    notes: &mut Vec<String>,
) -> CollateralParameters {
    let mut to = clipped;
    let largest = u64::from(LARGEST_PRODUCT);
    let with_bonus = |bps: u16| u64::from(BPS) + u64::from(bps);
    // A threshold that falls stays above a max LTV that does not fall as far; a max LTV that rises
    // stays below a threshold that does not rise as far.
    if to.max_ltv_bps > to.liquidation_threshold_bps {
        if to.liquidation_threshold_bps < from.liquidation_threshold_bps {
            to.liquidation_threshold_bps = to.max_ltv_bps.min(from.liquidation_threshold_bps);
        }
        to.max_ltv_bps = to.max_ltv_bps.min(to.liquidation_threshold_bps);
    }
    // A threshold that rises waits for its bonus to fall, a bonus that rises for its threshold.
    if u64::from(to.liquidation_threshold_bps) * with_bonus(to.liquidation_bonus_bps) > largest {
        if to.liquidation_threshold_bps > from.liquidation_threshold_bps {
            let fits = bps(largest / with_bonus(to.liquidation_bonus_bps));
            to.liquidation_threshold_bps = fits.max(from.liquidation_threshold_bps);
            to.max_ltv_bps = to.max_ltv_bps.min(to.liquidation_threshold_bps);
        }
        let fits =
            bps((largest / u64::from(to.liquidation_threshold_bps.max(1)))
                .saturating_sub(BPS.into()));
        if to.liquidation_bonus_bps > from.liquidation_bonus_bps {
            to.liquidation_bonus_bps =
                fits.clamp(from.liquidation_bonus_bps, to.liquidation_bonus_bps);
        }
    }
    for field in Field::ALL.into_iter().filter(|field| field.of(&to) != field.of(&clipped)) {
        notes.push(format!(
            "{field}: held at {} instead of {} bps, as the others come no further in this step",
            field.of(&to),
            field.of(&clipped)
        ));
    }
    to
}

fn bps(value: u64) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

#[cfg(test)]
pub(super) mod tests {
    use alloy_primitives::Address;
    use proptest::prelude::*;

    use super::super::limits::{LastChange, Limit};
    use super::*;

    const DAY_S: u64 = 86_400;
    const NOW_S: u64 = 1_700_000_000;

    pub(in crate::proposal) fn parameters(
        max_ltv_bps: u16,
        liquidation_threshold_bps: u16,
        liquidation_bonus_bps: u16,
    ) -> CollateralParameters {
        CollateralParameters { max_ltv_bps, liquidation_threshold_bps, liquidation_bonus_bps }
    }

    pub(in crate::proposal) fn reserve(stored: CollateralParameters) -> ReserveState {
        ReserveState {
            asset: "WETH".to_owned(),
            address: Some(Address::repeat_byte(0x11)),
            stored,
            is_frozen: false,
            pending_ltv_bps: Some(0),
            is_restricted: false,
            last_change: LastChange::default(),
        }
    }

    pub(in crate::proposal) fn limits() -> StewardLimits {
        let limit = Limit { max_change_bps: 50, min_delay_s: 3 * DAY_S };
        StewardLimits { max_ltv: limit, liquidation_threshold: limit, liquidation_bonus: limit }
    }

    fn told(
        reserve: &ReserveState,
        target: CollateralParameters,
        limits: &StewardLimits,
    ) -> Result<Vec<(u64, [u16; 3])>, Refusal> {
        let rungs = ladder(reserve, target, limits, NOW_S)?;
        let told = |rung: &Rung| {
            let after = rung.after.in_force();
            ((rung.not_before_s - NOW_S), Field::ALL.map(|field| field.of(&after)))
        };
        Ok(rungs.iter().map(told).collect())
    }

    #[test]
    fn a_hundred_basis_points_are_two_calls_three_days_apart() {
        let reserve = reserve(parameters(8_000, 8_250, 500));
        let told = told(&reserve, parameters(8_000, 8_350, 500), &limits()).unwrap();
        assert_eq!(told, [(0, [8_000, 8_300, 500]), (3 * DAY_S, [8_000, 8_350, 500])]);
    }

    #[test]
    fn what_is_there_needs_no_step() {
        let reserve = reserve(parameters(8_000, 8_250, 500));
        assert_eq!(told(&reserve, reserve.stored, &limits()), Ok(vec![]));
    }

    #[test]
    fn fields_wait_for_each_other_and_for_their_debounce() {
        let mut reserve = reserve(parameters(8_000, 8_050, 500));
        reserve.last_change.max_ltv_s = NOW_S - DAY_S;
        let told = told(&reserve, parameters(7_950, 8_000, 500), &limits()).unwrap();
        assert_eq!(told, [(2 * DAY_S, [7_950, 8_000, 500])]);
        let rung = &ladder(&reserve, parameters(7_950, 8_000, 500), &limits(), NOW_S).unwrap()[0];
        assert!(rung.notes[0].contains("max LTV: changed at"), "{:?}", rung.notes);
    }

    #[test]
    fn a_field_that_has_arrived_is_kept() {
        let reserve = reserve(parameters(7_800, 8_250, 500));
        let rungs = ladder(&reserve, parameters(7_750, 8_150, 500), &limits(), NOW_S).unwrap();
        assert_eq!(rungs[0].update.max_ltv_bps, Some(7_750));
        assert_eq!((rungs.len(), rungs[1].update.max_ltv_bps), (2, None));
    }

    #[test]
    fn a_clipped_max_ltv_holds_the_threshold_up() {
        let mut tight = limits();
        tight.max_ltv.max_change_bps = 20;
        let reserve = reserve(parameters(8_000, 8_020, 500));
        let target = parameters(7_960, 7_970, 500);
        let told = told(&reserve, target, &tight).unwrap();
        assert_eq!(told, [(0, [7_980, 7_980, 500]), (3 * DAY_S, [7_960, 7_970, 500])]);
        let notes = &ladder(&reserve, target, &tight, NOW_S).unwrap()[0].notes;
        let held = "liquidation threshold: held at 7980 instead of 7970 bps";
        assert!(notes.iter().any(|note| note.starts_with(held)), "{notes:?}");
    }

    #[test]
    fn a_threshold_rises_no_faster_than_its_bonus_falls() {
        // 9550 * 10476 is above one: both clipped to 50 bps would not fit together.
        let reserve = reserve(parameters(9_000, 9_500, 526));
        let told = told(&reserve, parameters(9_000, 9_600, 400), &limits()).unwrap();
        assert_eq!(told[0].1, [9_000, 9_545, 476]);
        assert_eq!(told.last().unwrap().1, [9_000, 9_600, 400]);
    }

    #[test]
    fn what_a_steward_would_refuse_is_refused_with_the_reason() {
        let plain = reserve(parameters(8_000, 8_250, 500));
        let refused = |reserve: &ReserveState, target| {
            ladder(reserve, target, &limits(), NOW_S).expect_err("a refusal").to_string()
        };
        let lower = parameters(8_000, 8_200, 500);
        let restricted = ReserveState { is_restricted: true, ..plain.clone() };
        assert!(refused(&restricted, lower).contains("restricted"));
        let mut frozen = reserve(parameters(0, 8_250, 500));
        (frozen.is_frozen, frozen.pending_ltv_bps) = (true, Some(8_000));
        assert!(refused(&frozen, lower).contains("8000 bps is set aside"));
        frozen.is_frozen = false;
        assert!(refused(&frozen, lower).contains("by decision"));
        assert!(refused(&plain, parameters(0, 8_250, 500)).contains("max LTV to 0"));
        assert!(refused(&plain, parameters(8_000, 9_600, 500)).contains("above 100000000"));
        let still = Limit { max_change_bps: 0, min_delay_s: 0 };
        let limits = StewardLimits { liquidation_threshold: still, ..limits() };
        assert!(matches!(ladder(&plain, lower, &limits, NOW_S), Err(Refusal::Immovable { .. })));
    }

    #[test]
    fn a_frozen_reserve_without_anything_set_aside_moves() {
        let mut frozen = reserve(parameters(0, 8_250, 500));
        frozen.is_frozen = true;
        let told = told(&frozen, parameters(0, 8_200, 500), &limits()).unwrap();
        assert_eq!(told, [(0, [0, 8_200, 500])]);
        frozen.pending_ltv_bps = None;
        frozen.stored.max_ltv_bps = 8_000;
        assert!(ladder(&frozen, parameters(8_000, 8_200, 500), &limits(), NOW_S).is_ok());
    }

    fn any_consistent() -> impl Strategy<Value = CollateralParameters> {
        let any = (1_u16..9_900, 0_u16..9_900, 1_u16..2_000);
        let any = any.prop_map(|(threshold, ltv, bonus)| {
            parameters(ltv.clamp(1, threshold), threshold, bonus)
        });
        any.prop_filter("fits together", |parameters| consistent(parameters).is_ok())
    }

    fn any_limit() -> impl Strategy<Value = Limit> {
        (1_u16..300, 0_u64..10 * DAY_S)
            .prop_map(|(max_change_bps, min_delay_s)| Limit { max_change_bps, min_delay_s })
    }

    /// `RiskSteward.updateCollateralSide`, as its documentation has it.
    fn steward_takes(
        before: &ReserveState,
        rung: &Rung,
        limits: &StewardLimits,
    ) -> Result<(), TestCaseError> {
        prop_assert!(rung.update.changes().next().is_some());
        for (field, bps) in rung.update.changes() {
            let limit = limits.of(field);
            prop_assert!(bps > 0);
            prop_assert!(bps != field.of(&before.stored));
            prop_assert!(bps.abs_diff(field.of(&before.stored)) <= limit.max_change_bps);
            let since_s = rung.not_before_s - before.last_change.of(field);
            prop_assert!(since_s >= limit.min_delay_s);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn every_rung_is_one_that_a_steward_takes(
            current in any_consistent(),
            target in any_consistent(),
            limits in [any_limit(), any_limit(), any_limit()],
            changed_s in [0_u64..NOW_S, 0_u64..NOW_S, 0_u64..NOW_S],
        ) {
            let [max_ltv, liquidation_threshold, liquidation_bonus] = limits;
            let limits = StewardLimits { max_ltv, liquidation_threshold, liquidation_bonus };
            let mut before = reserve(current);
            Field::ALL.into_iter().zip(changed_s).for_each(|(f, s)| before.last_change.set(f, s));
            let rungs = ladder(&before, target, &limits, NOW_S).unwrap();
            let mut now_s = NOW_S;
            for rung in &rungs {
                prop_assert!(rung.not_before_s >= now_s);
                steward_takes(&before, rung, &limits)?;
                prop_assert!(consistent(&rung.after.stored).is_ok());
                (before, now_s) = (rung.after.clone(), rung.not_before_s);
            }
            prop_assert_eq!(before.stored, target);
            let steps = |field: Field| {
                let change = field.of(&current).abs_diff(field.of(&target));
                usize::from(change.div_ceil(limits.of(field).max_change_bps))
            };
            let fewest = Field::ALL.into_iter().map(steps).max().unwrap();
            prop_assert!(rungs.len() >= fewest);
            let held = rungs.iter().any(|rung| rung.notes.iter().any(|n| n.contains("held")));
            prop_assert!(held || rungs.len() == fewest);
        }
    }
}
