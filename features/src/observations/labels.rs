//! The outcome of an account after a landmark: the one file that looks ahead in time.

use crate::time::DAY_S;

/// Event: none up to the end of the follow-up.
pub const OPEN: u8 = 0;
/// Event: liquidated.
pub const LIQUIDATED: u8 = 1;
/// Event: closed by its owner, a competing event.
pub const CLOSED: u8 = 2;

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

#[cfg(test)]
mod tests {
    use super::*;

    const ENDS: [(i64, u8); 2] = [(86_400, LIQUIDATED), (259_200, CLOSED)];

    #[test]
    fn the_first_later_end_is_the_outcome() {
        let outcome = |landmark_s| Outcome::at_landmark(landmark_s, &ENDS, 864_000);
        assert_eq!(
            outcome(0),
            Outcome { duration_days: 1.0, event: LIQUIDATED, follow_up_days: 10.0 }
        );
        assert_eq!((outcome(172_800).duration_days, outcome(172_800).event), (1.0, CLOSED));
        assert_eq!((outcome(777_600).duration_days, outcome(777_600).event), (1.0, OPEN));
    }

    #[test]
    fn an_event_at_the_landmark_is_ignored() {
        assert_eq!(Outcome::at_landmark(86_400, &ENDS, 864_000).event, CLOSED);
    }

    #[test]
    fn an_outcome_after_the_follow_up_is_censored() {
        let outcome = Outcome::at_landmark(0, &ENDS, 864_000);
        assert_eq!(outcome.censored_after(1.0), Outcome { follow_up_days: 1.0, ..outcome });
        let early = outcome.censored_after(0.5);
        assert_eq!((early.duration_days, early.event), (0.5, OPEN));
    }
}
