use proptest::prelude::*;

use super::super::measure::Measure;
use super::*;

const HOUR_S: i64 = 3_600;

fn rule(remind_hours: Option<f64>) -> Rule {
    let measure = Measure::OneDay;
    Rule { measure, fire: 0.05, clear: 0.01, cool_down_hours: 6.0, remind_hours }
}

/// What is said at which hour, of what is seen hour by hour.
fn said(rule: &Rule, values: &[Option<f64>]) -> Vec<(usize, Turn)> {
    let mut watch = Watch::default();
    let mut said = Vec::new();
    for (hour, value) in values.iter().enumerate() {
        let turn;
        (watch, turn) = watch.step(rule, Seen { at_s: hour as i64 * HOUR_S, value: *value });
        said.extend(turn.map(|turn| (hour, turn)));
    }
    said
}

#[test]
fn a_value_that_wavers_between_the_levels_is_told_once() {
    let values = [0.0, 0.04, 0.05, 0.02, 0.06, 0.011, 0.05, 0.009, 0.02].map(Some);
    assert_eq!(said(&rule(None), &values), [(2, Turn::AtRisk), (7, Turn::Recovered)]);
}

#[test]
fn a_cool_down_delays_the_next_warning() {
    let mut values = [Some(0.001); 12];
    values[1] = Some(0.1);
    values[3..].fill(Some(0.2));
    let turns = [(1, Turn::AtRisk), (2, Turn::Recovered), (7, Turn::AtRisk)];
    assert_eq!(said(&rule(None), &values), turns);
}

#[test]
fn an_account_that_is_gone_ends_its_warning() {
    let values = [Some(0.1), None, None, Some(0.1)];
    assert_eq!(said(&rule(None), &values), [(0, Turn::AtRisk), (1, Turn::Closed)]);
}

#[test]
fn a_reminder_comes_while_it_is_still_as_bad() {
    let mut values = [Some(0.1); 12];
    values[4..8].fill(Some(0.03));
    let turns = [(0, Turn::AtRisk), (3, Turn::StillAtRisk), (8, Turn::StillAtRisk)];
    let reminded = said(&rule(Some(3.0)), &values);
    assert_eq!(reminded[..3], turns);
    assert_eq!(said(&rule(None), &values), turns[..1]);
}

fn value() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(f64::NAN)),
        4 => (0.0..0.08).prop_map(Some),
    ]
}

fn life() -> impl Strategy<Value = Vec<Seen>> {
    let seen = (0_i64..40, value()).prop_map(|(hour, value)| Seen { at_s: hour * HOUR_S, value });
    prop::collection::vec(seen, 0..60)
}

fn walk(rule: &Rule, life: &[Seen]) -> (Watch, Vec<(Seen, Watch, Turn)>) {
    let mut watch = Watch::default();
    let mut turns = Vec::new();
    for &seen in life {
        let turn;
        (watch, turn) = watch.step(rule, seen);
        turns.extend(turn.map(|turn| (seen, watch, turn)));
    }
    (watch, turns)
}

proptest! {
    #[test]
    fn no_two_warnings_without_an_end_and_a_cool_down_between(life in life()) {
        let rule = rule(None);
        let (_, turns) = walk(&rule, &life);
        for (place, (seen, watch, turn)) in turns.iter().enumerate() {
            prop_assert_eq!(watch.at_risk, turn.warns());
            // Warnings and their ends take turns.
            prop_assert_eq!(place % 2 == 0, *turn == Turn::AtRisk);
            if let Some((before, ..)) = place.checked_sub(2).map(|before| turns[before])
                && *turn == Turn::AtRisk
            {
                prop_assert!(seen.at_s - before.at_s >= rule.cool_down_s());
            }
        }
    }

    #[test]
    fn each_turn_has_its_reason(life in life(), remind in prop::option::of(1.0..9.0)) {
        let rule = rule(remind);
        for (seen, _, turn) in walk(&rule, &life).1 {
            match turn {
                Turn::AtRisk | Turn::StillAtRisk => {
                    prop_assert!(seen.value.is_some_and(|value| value >= 0.05));
                }
                Turn::Recovered => prop_assert!(seen.value.is_some_and(|value| value < 0.01)),
                Turn::Closed => prop_assert!(seen.value.is_none()),
            }
        }
    }

    #[test]
    fn no_two_messages_have_one_number(life in life(), remind in prop::option::of(1.0..9.0)) {
        let (_, turns) = walk(&rule(remind), &life);
        let numbers: Vec<_> = turns.iter().map(|(_, watch, _)| (watch.episode, watch.told)).collect();
        prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", numbers);
    }

    #[test]
    fn what_is_seen_twice_is_told_once(life in life(), remind in prop::option::of(1.0..9.0)) {
        let rule = rule(remind);
        let twice: Vec<Seen> = life.iter().flat_map(|seen| [*seen, *seen]).collect();
        let (once, twice) = (walk(&rule, &life), walk(&rule, &twice));
        prop_assert_eq!(once.0, twice.0);
        prop_assert_eq!(once.1.len(), twice.1.len());
    }

    #[test]
    fn nothing_older_than_the_last_message_is_looked_at(life in life(), late in life()) {
        let (watch, _) = walk(&rule(None), &life);
        if let Some(changed_s) = watch.changed_s {
            for seen in late.into_iter().filter(|seen| seen.at_s <= changed_s) {
                prop_assert_eq!(watch.step(&rule(None), seen), (watch, None));
            }
        }
    }

    #[test]
    fn of_equal_moments_the_order_does_not_matter(life in life(), value in value()) {
        // Several sources may tell the same moment; what they tell is the same.
        let rule = rule(None);
        let mut ordered = life;
        ordered.sort_by_key(|seen| seen.at_s);
        ordered.dedup_by_key(|seen| seen.at_s);
        let mut padded = ordered.clone();
        padded.extend(ordered.iter().map(|seen| Seen { at_s: seen.at_s, value: seen.value }));
        padded.sort_by_key(|seen| seen.at_s);
        let last = Seen { at_s: 100 * HOUR_S, value };
        ordered.push(last);
        padded.push(last);
        prop_assert_eq!(walk(&rule, &ordered).0, walk(&rule, &padded).0);
    }
}
