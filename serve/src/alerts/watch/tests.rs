use proptest::prelude::*;

use super::*;
use crate::alerts::subscription::measure::Measure;

const HOUR_S: i64 = 3_600;

fn rule(remind_hours: Option<f64>) -> Rule {
    let measure = Measure::OneDay;
    Rule { measure, fire: 0.05, clear: 0.01, cool_down_hours: 6.0, remind_hours }
}

/// The transitions, by hour, for hourly values.
fn transitions_by_hour(rule: &Rule, values: &[Option<f64>]) -> Vec<(usize, AlertTransition)> {
    let mut watch = Watch::default();
    let mut transitions = Vec::new();
    for (hour, value) in values.iter().enumerate() {
        let transition;
        (watch, transition) =
            watch.step(rule, Observation { at_s: hour as i64 * HOUR_S, value: *value });
        transitions.extend(transition.map(|transition| (hour, transition)));
    }
    transitions
}

#[test]
fn value_between_the_levels_alerts_once() {
    let values = [0.0, 0.04, 0.05, 0.02, 0.06, 0.011, 0.05, 0.009, 0.02].map(Some);
    assert_eq!(
        transitions_by_hour(&rule(None), &values),
        [(2, AlertTransition::AtRisk), (7, AlertTransition::Recovered)]
    );
}

#[test]
fn cool_down_delays_the_next_warning() {
    let mut values = [Some(0.001); 12];
    values[1] = Some(0.1);
    values[3..].fill(Some(0.2));
    let transitions = [
        (1, AlertTransition::AtRisk),
        (2, AlertTransition::Recovered),
        (7, AlertTransition::AtRisk),
    ];
    assert_eq!(transitions_by_hour(&rule(None), &values), transitions);
}

#[test]
fn closed_account_ends_its_warning() {
    let values = [Some(0.1), None, None, Some(0.1)];
    assert_eq!(
        transitions_by_hour(&rule(None), &values),
        [(0, AlertTransition::AtRisk), (1, AlertTransition::Closed)]
    );
}

#[test]
fn reminder_is_sent_while_still_at_risk() {
    let mut values = [Some(0.1); 12];
    values[4..8].fill(Some(0.03));
    let transitions = [
        (0, AlertTransition::AtRisk),
        (3, AlertTransition::StillAtRisk),
        (8, AlertTransition::StillAtRisk),
    ];
    let reminded = transitions_by_hour(&rule(Some(3.0)), &values);
    assert_eq!(reminded[..3], transitions);
    assert_eq!(transitions_by_hour(&rule(None), &values), transitions[..1]);
}

fn value() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(f64::NAN)),
        4 => (0.0..0.08).prop_map(Some),
    ]
}

fn observations() -> impl Strategy<Value = Vec<Observation>> {
    let observation =
        (0_i64..40, value()).prop_map(|(hour, value)| Observation { at_s: hour * HOUR_S, value });
    prop::collection::vec(observation, 0..60)
}

fn run_watch(
    rule: &Rule,
    sequence: &[Observation],
) -> (Watch, Vec<(Observation, Watch, AlertTransition)>) {
    let mut watch = Watch::default();
    let mut transitions = Vec::new();
    for &observation in sequence {
        let transition;
        (watch, transition) = watch.step(rule, observation);
        transitions.extend(transition.map(|transition| (observation, watch, transition)));
    }
    (watch, transitions)
}

proptest! {
    #[test]
    fn warnings_are_separated_by_an_end_and_a_cool_down(sequence in observations()) {
        let rule = rule(None);
        let (_, transitions) = run_watch(&rule, &sequence);
        for (index, (observation, watch, transition)) in transitions.iter().enumerate() {
            prop_assert_eq!(watch.at_risk, transition.is_warning());
            // Warnings and their ends alternate.
            prop_assert_eq!(index % 2 == 0, *transition == AlertTransition::AtRisk);
            if let Some((before, ..)) = index.checked_sub(2).map(|before| transitions[before])
                && *transition == AlertTransition::AtRisk
            {
                prop_assert!(observation.at_s - before.at_s >= rule.cool_down_s());
            }
        }
    }

    #[test]
    fn each_transition_matches_its_value(sequence in observations(), remind in prop::option::of(1.0..9.0)) {
        let rule = rule(remind);
        for (observation, _, transition) in run_watch(&rule, &sequence).1 {
            match transition {
                AlertTransition::AtRisk | AlertTransition::StillAtRisk => {
                    prop_assert!(observation.value.is_some_and(|value| value >= 0.05));
                }
                AlertTransition::Recovered => prop_assert!(observation.value.is_some_and(|value| value < 0.01)),
                AlertTransition::Closed => prop_assert!(observation.value.is_none()),
            }
        }
    }

    #[test]
    fn message_numbers_increase(sequence in observations(), remind in prop::option::of(1.0..9.0)) {
        let (_, transitions) = run_watch(&rule(remind), &sequence);
        let numbers: Vec<_> = transitions.iter().map(|(_, watch, _)| (watch.episode, watch.messages)).collect();
        prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", numbers);
    }

    #[test]
    fn duplicate_observation_alerts_once(sequence in observations(), remind in prop::option::of(1.0..9.0)) {
        let rule = rule(remind);
        let twice: Vec<Observation> = sequence.iter().flat_map(|observation| [*observation, *observation]).collect();
        let (once, twice) = (run_watch(&rule, &sequence), run_watch(&rule, &twice));
        prop_assert_eq!(once.0, twice.0);
        prop_assert_eq!(once.1.len(), twice.1.len());
    }

    #[test]
    fn observations_before_the_last_message_are_ignored(sequence in observations(), late in observations()) {
        let (watch, _) = run_watch(&rule(None), &sequence);
        if let Some(changed_s) = watch.changed_s {
            for observation in late.into_iter().filter(|observation| observation.at_s <= changed_s) {
                prop_assert_eq!(watch.step(&rule(None), observation), (watch, None));
            }
        }
    }

    #[test]
    fn duplicate_timestamps_do_not_change_the_watch(sequence in observations(), value in value()) {
        // Several sources may report the same moment, with the same value.
        let rule = rule(None);
        let mut ordered = sequence;
        ordered.sort_by_key(|observation| observation.at_s);
        ordered.dedup_by_key(|observation| observation.at_s);
        let mut padded = ordered.clone();
        padded.extend(ordered.iter().map(|observation| Observation { at_s: observation.at_s, value: observation.value }));
        padded.sort_by_key(|observation| observation.at_s);
        let last = Observation { at_s: 100 * HOUR_S, value };
        ordered.push(last);
        padded.push(last);
        prop_assert_eq!(run_watch(&rule, &ordered).0, run_watch(&rule, &padded).0);
    }
}
