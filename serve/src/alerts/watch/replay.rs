//! Replay of a rule over historical landmarks.

use crate::alerts::subscription::rule::Rule;
use crate::alerts::watch::{AlertTransition, Observation, Watch};

/// One observation of an account in a replay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReplayObservation {
    /// The account.
    pub account: u32,
    /// Time, seconds.
    pub at_s: i64,
    /// The measured value.
    pub value: f64,
}

/// The observations at which a rule would have warned, and the number of messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplayResult {
    /// Indices of the observations at which a warning was raised or repeated.
    pub warning_indices: Vec<usize>,
    /// Number of messages of every type.
    pub messages: usize,
}

/// Replays a rule over observations in order of account and time, with the watch that a server uses.
///
/// A server evaluates every `step_s` seconds, so an account without an observation for longer was
/// not open in between.
#[must_use]
pub fn replay(
    rule: &Rule,
    observations: impl Iterator<Item = ReplayObservation>,
    step_s: i64,
) -> ReplayResult {
    let mut result = ReplayResult::default();
    let mut watch = Watch::default();
    let mut last: Option<ReplayObservation> = None;
    for (index, observation) in observations.enumerate() {
        match last {
            Some(before) if before.account != observation.account => watch = Watch::default(),
            Some(before) if observation.at_s - before.at_s > step_s => {
                let closed = Observation { at_s: before.at_s + step_s, value: None };
                let transition;
                (watch, transition) = watch.step(rule, closed);
                result.messages += usize::from(transition.is_some());
            }
            _ => {}
        }
        let transition;
        (watch, transition) = watch
            .step(rule, Observation { at_s: observation.at_s, value: Some(observation.value) });
        result.messages += usize::from(transition.is_some());
        if transition.is_some_and(AlertTransition::is_warning) {
            result.warning_indices.push(index);
        }
        last = Some(observation);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::subscription::measure::Measure;

    #[test]
    fn accounts_are_separate_and_gaps_close_them() {
        let rule = Rule {
            measure: Measure::OneDay,
            fire: 0.05,
            clear: 0.01,
            cool_down_hours: 0.0,
            remind_hours: None,
        };
        let observation =
            |account, hour: i64, value| ReplayObservation { account, at_s: hour * 3_600, value };
        let observations = [
            observation(0, 0, 0.06),
            observation(0, 4, 0.07),
            // Closed for a day, and opened again.
            observation(0, 28, 0.08),
            observation(0, 32, 0.005),
            observation(1, 0, 0.09),
            observation(1, 4, 0.02),
        ];
        let result = replay(&rule, observations.into_iter(), 4 * 3_600);
        assert_eq!(result, ReplayResult { warning_indices: vec![0, 2, 4], messages: 5 });
    }
}
