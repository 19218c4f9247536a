//! Splits a change into steps within a risk steward's limits, with their earliest dates.

use chrono::DateTime;

use super::consistency::check_consistency;
use super::limits::StewardLimits;
use super::refusal::Refusal;
use super::reserve::ReserveState;
use super::update::CollateralUpdate;
use crate::parameters::{CollateralField, CollateralParameters, MAX_PRODUCT, WHOLE_BPS};
use crate::time::format_utc;

/// One step of one collateral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScheduledStep {
    /// The first second at which the steward accepts it, Unix time.
    pub not_before_s: u64,
    /// The fields set.
    pub update: CollateralUpdate,
    /// The reserve after it.
    pub after: ReserveState,
    /// Notes on clipped, held or delayed fields.
    pub notes: Vec<String>,
}

/// Computes the steps that take a reserve to `target` within a steward's limits, none before
/// `now_s`.
///
/// All fields that still differ move together, as soon as the last of them may, so that clipped and
/// unclipped values are never mixed. Where a clipped step would be inconsistent, the field at fault
/// is held back as far as necessary.
///
/// # Errors
/// [`Refusal`] if the steward would not accept such steps.
pub(crate) fn steward_schedule(
    reserve: &ReserveState,
    target: CollateralParameters,
    limits: &StewardLimits,
    now_s: u64,
) -> Result<Vec<ScheduledStep>, Refusal> {
    if reserve.minimal_update(target).is_none() {
        return Ok(Vec::new());
    }
    check_steward_route(reserve, target, limits)?;
    let builder = ScheduleBuilder { limits, start: reserve };
    let (mut state, mut now_s, mut steps) = (reserve.clone(), now_s, Vec::new());
    while let Some(remaining) = state.minimal_update(target) {
        let step = builder.next_step(&state, &remaining, now_s)?;
        (state, now_s) = (step.after.clone(), step.not_before_s);
        steps.push(step);
    }
    Ok(steps)
}

/// Builds the steps from a reserve's initial state.
struct ScheduleBuilder<'a> {
    limits: &'a StewardLimits,
    start: &'a ReserveState,
}

/// Checks whether a change is allowed on every route: the target is consistent, and no governance
/// decision is overridden.
pub(in crate::proposal) fn check_any_route(
    reserve: &ReserveState,
    target: CollateralParameters,
) -> Result<(), Refusal> {
    let asset = || reserve.asset.clone();
    if let Some(pending_ltv_bps) = reserve.pending_ltv().filter(|_| !reserve.is_frozen) {
        return Err(Refusal::LtvZero { asset: asset(), pending_ltv_bps });
    }
    check_consistency(&target).map_err(|source| Refusal::Target { asset: asset(), source })
}

fn check_steward_route(
    reserve: &ReserveState,
    target: CollateralParameters,
    limits: &StewardLimits,
) -> Result<(), Refusal> {
    let asset = || reserve.asset.clone();
    check_any_route(reserve, target)?;
    if reserve.is_restricted {
        return Err(Refusal::Restricted { asset: asset() });
    }
    let current = reserve.in_force();
    check_consistency(&current).map_err(|source| Refusal::Current { asset: asset(), source })?;
    let sets_ltv = current.max_ltv_bps != target.max_ltv_bps;
    if reserve.writes_pending_ltv() && (reserve.pending_ltv().is_some() || sets_ltv) {
        let pending_ltv_bps = reserve.pending_ltv().unwrap_or_default();
        return Err(Refusal::Frozen { asset: asset(), pending_ltv_bps });
    }
    for field in
        CollateralField::ALL.into_iter().filter(|field| field.get(&current) != field.get(&target))
    {
        if field.get(&target) == 0 {
            return Err(Refusal::ToZero { asset: asset(), field });
        }
        if limits.get(field).max_change_bps == 0 {
            return Err(Refusal::Immovable { asset: asset(), field });
        }
    }
    Ok(())
}

impl ScheduleBuilder<'_> {
    /// The next step towards the whole change.
    fn next_step(
        &self,
        state: &ReserveState,
        remaining: &CollateralUpdate,
        now_s: u64,
    ) -> Result<ScheduledStep, Refusal> {
        let mut notes = Vec::new();
        let not_before_s = self.earliest_time(state, remaining, now_s, &mut notes);
        let from = state.in_force();
        let to =
            restore_consistency(from, self.clip_to_limits(from, remaining, &mut notes), &mut notes);
        let stuck = || Refusal::NoFeasibleStep {
            asset: state.asset.clone(),
            at: CollateralField::ALL.map(|field| field.get(&from)),
        };
        let update = state.minimal_update(to).ok_or_else(stuck)?;
        check_consistency(&to).map_err(|_| stuck())?;
        let mut after = state.after_update(&update);
        update.changes().for_each(|(field, _)| after.last_change.set(field, not_before_s));
        Ok(ScheduledStep { not_before_s, update, after, notes })
    }

    /// When every field that differs may change. Delays caused by earlier steps get no note.
    fn earliest_time(
        &self,
        state: &ReserveState,
        remaining: &CollateralUpdate,
        now_s: u64,
        notes: &mut Vec<String>,
    ) -> u64 {
        let mut free_s = now_s;
        for (field, _) in remaining.changes() {
            let last_s = state.last_change.get(field);
            let delay_s = self.limits.get(field).min_delay_s;
            let field_s = if last_s > 0 { last_s.saturating_add(delay_s) } else { 0 };
            if last_s == self.start.last_change.get(field) && field_s > now_s {
                let last = format_seconds(last_s);
                notes.push(format!("{field}: changed at {last}, and not again for {delay_s} s"));
            }
            free_s = free_s.max(field_s);
        }
        free_s
    }

    /// Each field as far as one step may move it.
    fn clip_to_limits(
        &self,
        from: CollateralParameters,
        remaining: &CollateralUpdate,
        notes: &mut Vec<String>,
    ) -> CollateralParameters {
        let mut clipped = from;
        for (field, target) in remaining.changes() {
            let (now, reach) = (field.get(&from), self.limits.get(field).max_change_bps);
            let step = target.clamp(now.saturating_sub(reach), now.saturating_add(reach));
            if step != target {
                notes.push(format!(
                    "{field}: {now} to {target} bps is clipped to {step}, as one step is at most {reach} bps"
                ));
            }
            field.set(&mut clipped, step);
        }
        clipped
    }
}

/// Formats a time in Unix seconds.
fn format_seconds(time_s: u64) -> String {
    let time = i64::try_from(time_s).ok().and_then(|time_s| DateTime::from_timestamp(time_s, 0));
    time.map_or_else(|| time_s.to_string(), format_utc)
}

/// The consistent step nearest to `clipped`, between it and `from`, which is consistent.
fn restore_consistency(
    from: CollateralParameters,
    clipped: CollateralParameters,
    notes: &mut Vec<String>,
) -> CollateralParameters {
    let mut to = clipped;
    let largest = u64::from(MAX_PRODUCT);
    let with_bonus = |bps: u16| u64::from(WHOLE_BPS) + u64::from(bps);
    // A falling threshold stays above a max LTV that falls less; a rising max LTV stays below a
    // threshold that rises less.
    if to.max_ltv_bps > to.liquidation_threshold_bps {
        if to.liquidation_threshold_bps < from.liquidation_threshold_bps {
            to.liquidation_threshold_bps = to.max_ltv_bps.min(from.liquidation_threshold_bps);
        }
        to.max_ltv_bps = to.max_ltv_bps.min(to.liquidation_threshold_bps);
    }
    // A rising threshold waits for its bonus to fall, a rising bonus for its threshold to fall.
    if u64::from(to.liquidation_threshold_bps) * with_bonus(to.liquidation_bonus_bps) > largest {
        if to.liquidation_threshold_bps > from.liquidation_threshold_bps {
            let fits = saturating_bps(largest / with_bonus(to.liquidation_bonus_bps));
            to.liquidation_threshold_bps = fits.max(from.liquidation_threshold_bps);
            to.max_ltv_bps = to.max_ltv_bps.min(to.liquidation_threshold_bps);
        }
        let fits = saturating_bps(
            (largest / u64::from(to.liquidation_threshold_bps.max(1)))
                .saturating_sub(WHOLE_BPS.into()),
        );
        if to.liquidation_bonus_bps > from.liquidation_bonus_bps {
            to.liquidation_bonus_bps =
                fits.clamp(from.liquidation_bonus_bps, to.liquidation_bonus_bps);
        }
    }
    for field in
        CollateralField::ALL.into_iter().filter(|field| field.get(&to) != field.get(&clipped))
    {
        notes.push(format!(
            "{field}: held at {} instead of {} bps, as the others come no further in this step",
            field.get(&to),
            field.get(&clipped)
        ));
    }
    to
}

fn saturating_bps(value: u64) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

#[cfg(test)]
pub(super) mod tests;
