//! The outcome of an account after a landmark: the one file that looks ahead in time.

use crate::account::state::AccountState;
use crate::market::Market;
use crate::time::{DAY_S, HOUR_S};

/// Event: none up to the end of the follow-up.
pub const OPEN: u8 = 0;
/// Event: liquidated.
pub const LIQUIDATED: u8 = 1;
/// Event: closed by its owner, a competing event.
pub const CLOSED: u8 = 2;

/// Owners' actions are counted for this long after a landmark at most, seconds.
const ACTION_WINDOW_S: i64 = 86_400;
/// A crossing of the threshold is searched for this long after a landmark, hours.
const CROSSING_HOURS: i64 = 720;

/// The outcome of an account after a landmark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Days from the landmark to the event, or to the end of the follow-up.
    pub duration_days: f64,
    /// [`OPEN`], [`LIQUIDATED`] or [`CLOSED`].
    pub event: u8,
    /// Days from the landmark to the end of the follow-up.
    pub follow_up_days: f64,
}

impl Outcome {
    /// The first of `ends` after `landmark_s`; each is a second and an event, in order.
    pub(crate) fn at_landmark(landmark_s: i64, ends: &[(i64, u8)], known_until_s: i64) -> Self {
        let days = |until_s: i64| (until_s - landmark_s) as f64 / DAY_S;
        let next = ends.partition_point(|(time_s, _)| *time_s <= landmark_s);
        let (end_s, event) = ends.get(next).copied().unwrap_or((known_until_s, OPEN));
        Self { duration_days: days(end_s), event, follow_up_days: days(known_until_s) }
    }

    /// The outcome censored `follow_up_days` after the landmark.
    #[must_use]
    pub fn censored_after(self, follow_up_days: f64) -> Self {
        let follow_up_days = follow_up_days.min(self.follow_up_days);
        if self.duration_days <= follow_up_days {
            return Self { follow_up_days, ..self };
        }
        Self { duration_days: follow_up_days, event: OPEN, follow_up_days }
    }
}

/// An action of an owner in one block: by how much it changed ln HF, by kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SizedAction {
    /// Time of the block, seconds.
    pub(crate) time_s: i64,
    /// Sizes at the prices of the landmark before it, 0 or more: debt repaid, collateral added, debt
    /// borrowed, collateral withdrawn.
    pub(crate) sizes: ActionSizes,
}

/// Sizes of an action by kind: absolute changes of ln HF, 0 for what was not done.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct ActionSizes {
    pub(crate) repaid: f64,
    pub(crate) added: f64,
    pub(crate) borrowed: f64,
    pub(crate) withdrawn: f64,
}

/// An owner's actions of one kind after a landmark.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct OwnerActionCount {
    /// Blocks with an action of the kind.
    pub count: u32,
    /// Sum of their sizes: absolute changes of ln HF at the prices of the landmark.
    pub log_health: f64,
}

/// An owner's actions after a landmark, until the account's next landmark, the end of its loan or of
/// the data, or a day later, whichever is first.
///
/// Actions at the landmark itself came before it, and those at the end are counted. Blocks with a
/// liquidation are not: what its owner did in them is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct OwnerActionCounts {
    /// Hours over which actions were counted.
    pub exposure_hours: f64,
    /// Debt repaid.
    pub repaid: OwnerActionCount,
    /// Collateral added.
    pub added: OwnerActionCount,
    /// Debt borrowed.
    pub borrowed: OwnerActionCount,
    /// Collateral withdrawn.
    pub withdrawn: OwnerActionCount,
}

impl OwnerActionCounts {
    /// Counts the actions, in order of time, after a landmark; `next_s` is the account's next one.
    pub(crate) fn after_landmark(
        landmark_s: i64,
        next_s: Option<i64>,
        outcome: &Outcome,
        actions: &[SizedAction],
    ) -> Self {
        let end_s = landmark_s + (outcome.duration_days * DAY_S).round() as i64;
        let end_s = end_s.min(next_s.unwrap_or(i64::MAX)).min(landmark_s + ACTION_WINDOW_S);
        let mut counts =
            Self { exposure_hours: (end_s - landmark_s) as f64 / HOUR_S as f64, ..Self::default() };
        let first = actions.partition_point(|action| action.time_s <= landmark_s);
        for action in actions[first..].iter().take_while(|action| action.time_s <= end_s) {
            let ActionSizes { repaid, added, borrowed, withdrawn } = action.sizes;
            counts.repaid.add(repaid);
            counts.added.add(added);
            counts.borrowed.add(borrowed);
            counts.withdrawn.add(withdrawn);
        }
        counts
    }
}

impl OwnerActionCount {
    fn add(&mut self, size: f64) {
        self.count += u32::from(size > 0.0);
        self.log_health += size;
    }
}

/// When an account's health factor at the oracle price of a whole hour fell below 1 after a landmark.
///
/// Days from the landmark, 0 if it is below 1 at the landmark; `None` if it was not within 30 days
/// and the follow-up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Crossing {
    /// With the balances that the account had at each hour, until its loan ended.
    pub actual_days: Option<f64>,
    /// With the balances and settings of the landmark kept, and interest.
    pub present_days: Option<f64>,
}

impl Crossing {
    /// The crossings of an account: `below` are its hours below the threshold, in order, and
    /// `present_hour` is the first at which the balances of the landmark are below.
    pub(crate) fn after_landmark(
        landmark_s: i64,
        is_below: bool,
        outcome: &Outcome,
        below: &[i64],
        present_hour: Option<i64>,
    ) -> Self {
        if is_below {
            return Self { actual_days: Some(0.0), present_days: Some(0.0) };
        }
        let days = |hour: i64| (hour * HOUR_S - landmark_s) as f64 / DAY_S;
        let window_days = CROSSING_HOURS as f64 / 24.0;
        let next = below.partition_point(|hour| hour * HOUR_S <= landmark_s);
        let actual = below.get(next).map(|hour| days(*hour));
        let present = present_hour.map(days);
        Self {
            actual_days: actual.filter(|days| *days <= outcome.duration_days.min(window_days)),
            present_days: present.filter(|days| *days <= outcome.follow_up_days.min(window_days)),
        }
    }
}

/// Searches for the hour at which constant balances fall below the threshold; landmarks between the
/// same updates of an account share the search.
#[derive(Debug, Default)]
pub(crate) struct PresentCrossings {
    /// Hours after this are not yet searched.
    searched_hour: i64,
    found_hour: Option<i64>,
}

impl PresentCrossings {
    /// Starts anew: the balances have changed.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// The first whole hour after the landmark, within 30 days and the data, at which the account's
    /// present balances are below the threshold. Landmarks must come in order.
    pub(crate) fn first_hour(
        &mut self,
        state: &AccountState,
        market: &Market,
        landmark_s: i64,
        known_until_s: i64,
    ) -> Option<i64> {
        let from_hour = landmark_s.div_euclid(HOUR_S) + 1;
        let until_hour =
            (landmark_s.div_euclid(HOUR_S) + CROSSING_HOURS).min(known_until_s.div_euclid(HOUR_S));
        if self.found_hour.is_none_or(|hour| hour < from_hour) {
            let hours = from_hour.max(self.searched_hour + 1)..until_hour + 1;
            self.found_hour = state.first_hour_below_threshold(market, hours);
            self.searched_hour = self.found_hour.unwrap_or(until_hour.max(self.searched_hour));
        }
        self.found_hour
    }
}

#[cfg(test)]
mod tests;
