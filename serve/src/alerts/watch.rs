//! The state machine of one rule for one account: pure, used live and in replays.

pub(crate) mod replay;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::alerts::subscription::rule::Rule;

/// The state of a rule for an account; the default is that of an account without messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Watch {
    /// Whether a warning is active.
    pub at_risk: bool,
    /// Number of warnings raised so far; a reminder belongs to the warning it repeats.
    pub episode: u64,
    /// Number of messages of this episode so far.
    pub messages: u64,
    /// Time of the last warning, raised or repeated, seconds.
    pub warned_s: Option<i64>,
    /// Time of the last message, seconds; observations up to then are ignored.
    pub changed_s: Option<i64>,
}

/// An observation of an account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Observation {
    /// Time, seconds.
    pub at_s: i64,
    /// The measured value; `None` if the account is not open.
    pub value: Option<f64>,
}

/// A transition of a watch, which is also a message's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum AlertTransition {
    /// A warning is raised.
    #[serde(rename = "position.at_risk")]
    AtRisk,
    /// The warning is repeated.
    #[serde(rename = "position.still_at_risk")]
    StillAtRisk,
    /// The warning ends: the account is safe again.
    #[serde(rename = "position.recovered")]
    Recovered,
    /// The warning ends: the account is no longer open.
    #[serde(rename = "position.closed")]
    Closed,
}

impl AlertTransition {
    /// As the type of a message.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtRisk => "position.at_risk",
            Self::StillAtRisk => "position.still_at_risk",
            Self::Recovered => "position.recovered",
            Self::Closed => "position.closed",
        }
    }

    /// Whether it is a warning.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        matches!(self, Self::AtRisk | Self::StillAtRisk)
    }
}

impl Watch {
    /// The state after an observation, and the transition, if any.
    ///
    /// A warning is raised when the rule fires, but not again before it has ended and the cool-down has
    /// passed. Observations not later than the last message are ignored.
    #[must_use]
    pub(crate) fn step(
        self,
        rule: &Rule,
        observation: Observation,
    ) -> (Self, Option<AlertTransition>) {
        if self.changed_s.is_some_and(|changed_s| observation.at_s <= changed_s) {
            return (self, None);
        }
        let elapsed =
            |min_s: i64| self.warned_s.is_none_or(|s| observation.at_s.saturating_sub(s) >= min_s);
        let fires = observation.value.is_some_and(|value| rule.fires(value));
        let transition = match (self.at_risk, observation.value) {
            (false, _) if fires && elapsed(rule.cool_down_s()) => AlertTransition::AtRisk,
            (true, None) => AlertTransition::Closed,
            (true, Some(value)) if rule.clears(value) => AlertTransition::Recovered,
            (true, _) if fires && rule.remind_s().is_some_and(elapsed) => {
                AlertTransition::StillAtRisk
            }
            _ => return (self, None),
        };
        (self.apply(transition, observation.at_s), Some(transition))
    }

    const fn apply(self, transition: AlertTransition, at_s: i64) -> Self {
        let raised = matches!(transition, AlertTransition::AtRisk);
        Self {
            at_risk: transition.is_warning(),
            episode: self.episode + raised as u64,
            messages: if raised { 1 } else { self.messages + 1 },
            warned_s: if transition.is_warning() { Some(at_s) } else { self.warned_s },
            changed_s: Some(at_s),
        }
    }
}

#[cfg(test)]
mod tests;
