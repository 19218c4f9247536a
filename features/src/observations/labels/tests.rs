//! Labels equal their definitions on histories made by hand.

use super::*;

const ENDS: [(i64, u8); 2] = [(86_400, LIQUIDATED), (259_200, CLOSED)];

#[test]
fn the_first_later_end_is_the_outcome() {
    let outcome = |landmark_s| Outcome::at_landmark(landmark_s, &ENDS, 864_000);
    assert_eq!(outcome(0), Outcome { duration_days: 1.0, event: LIQUIDATED, follow_up_days: 10.0 });
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

const RESCUE: ActionSizes = ActionSizes { repaid: 0.1, added: 0.2, borrowed: 0.0, withdrawn: 0.0 };

fn at_hours(hours: &[i64]) -> Vec<SizedAction> {
    hours.iter().map(|hour| SizedAction { time_s: hour * HOUR_S, sizes: RESCUE }).collect()
}

fn open_for(hours: f64) -> Outcome {
    Outcome { duration_days: hours / 24.0, event: OPEN, follow_up_days: hours / 24.0 }
}

#[test]
fn actions_are_counted_after_the_landmark_up_to_the_end_of_its_window() {
    let actions = at_hours(&[10, 12, 14, 40]);
    let count = |next_hour: Option<i64>, open_hours: f64| {
        let next_s = next_hour.map(|hour| hour * HOUR_S);
        OwnerActionCounts::after_landmark(10 * HOUR_S, next_s, &open_for(open_hours), &actions)
    };
    let next_landmark = count(Some(12), 100.0);
    assert_eq!((next_landmark.repaid.count, next_landmark.exposure_hours), (1, 2.0));
    let day = count(None, 100.0);
    assert_eq!((day.repaid.count, day.exposure_hours), (2, 24.0));
    assert!((day.added.log_health - 0.4).abs() < 1e-15);
    assert_eq!((day.borrowed, day.withdrawn), Default::default());
    let loan_end = count(None, 3.0);
    assert_eq!((loan_end.repaid.count, loan_end.exposure_hours), (1, 3.0));
}

#[test]
fn a_crossing_is_the_next_hour_below_within_the_loan() {
    let crossing = |duration_days: f64, below: &[i64], present: Option<i64>| {
        let outcome = Outcome { duration_days, event: CLOSED, follow_up_days: 100.0 };
        Crossing::after_landmark(24 * HOUR_S, false, &outcome, below, present)
    };
    let days = |actual_days, present_days| Crossing { actual_days, present_days };
    assert_eq!(crossing(5.0, &[3, 24, 48, 72], Some(36)), days(Some(1.0), Some(0.5)));
    assert_eq!(crossing(0.5, &[3, 48], Some(72)), days(None, Some(2.0)), "the loan ended before");
    assert_eq!(crossing(50.0, &[24 + 721], Some(24 + 720)), days(None, Some(30.0)));
    let outcome = open_for(48.0);
    let below = Crossing::after_landmark(0, true, &outcome, &[9], None);
    assert_eq!(below, days(Some(0.0), Some(0.0)));
}
