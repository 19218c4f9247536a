//! One rule's watch over one account, as a state and its steps: pure, for live and for replay.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rule::Rule;

/// What a watch remembers of an account; the default of one that nothing was said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Watch {
    /// Whether a warning stands.
    pub at_risk: bool,
    /// Warnings raised so far; a reminder belongs to the warning it repeats.
    pub episode: u64,
    /// Messages of this episode so far.
    pub messages: u64,
    /// When a warning was last given, raised or repeated, seconds.
    pub warned_s: Option<i64>,
    /// When the last message was, seconds; nothing up to then is looked at again.
    pub changed_s: Option<i64>,
}

/// What is seen of an account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// When, seconds.
    pub at_s: i64,
    /// What the rule looks at; `None` once the account is not open.
    pub value: Option<f64>,
}

/// What there is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum AlertTransition {
    /// A warning is raised.
    #[serde(rename = "position.at_risk")]
    AtRisk,
    /// It is repeated.
    #[serde(rename = "position.still_at_risk")]
    StillAtRisk,
    /// It is over: the account is safe enough.
    #[serde(rename = "position.recovered")]
    Recovered,
    /// It is over: the account is not open any more.
    #[serde(rename = "position.closed")]
    Closed,
}

impl AlertTransition {
    /// As a message's type.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtRisk => "position.at_risk",
            Self::StillAtRisk => "position.still_at_risk",
            Self::Recovered => "position.recovered",
            Self::Closed => "position.closed",
        }
    }

    /// Whether it warns.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        matches!(self, Self::AtRisk | Self::StillAtRisk)
    }
}

impl Watch {
    /// What a watch remembers after what it sees, and what there is to say of it.
    ///
    /// A warning is raised at the rule's level for it, and not again before it is over and the
    /// cool-down has passed. What is no later than the last message is not looked at.
    #[must_use]
    pub fn step(self, rule: &Rule, seen: Observation) -> (Self, Option<AlertTransition>) {
        if self.changed_s.is_some_and(|changed_s| seen.at_s <= changed_s) {
            return (self, None);
        }
        let rested =
            |rest_s: i64| self.warned_s.is_none_or(|s| seen.at_s.saturating_sub(s) >= rest_s);
        let fires = seen.value.is_some_and(|value| rule.fires(value));
        let turn = match (self.at_risk, seen.value) {
            (false, _) if fires && rested(rule.cool_down_s()) => AlertTransition::AtRisk,
            (true, None) => AlertTransition::Closed,
            (true, Some(value)) if rule.clears(value) => AlertTransition::Recovered,
            (true, _) if fires && rule.remind_s().is_some_and(rested) => {
                AlertTransition::StillAtRisk
            }
            _ => return (self, None),
        };
        (self.apply(turn, seen.at_s), Some(turn))
    }

    const fn apply(self, turn: AlertTransition, at_s: i64) -> Self {
        let raised = matches!(turn, AlertTransition::AtRisk);
        Self {
            at_risk: turn.is_warning(),
            episode: self.episode + raised as u64,
            messages: if raised { 1 } else { self.messages + 1 },
            warned_s: if turn.is_warning() { Some(at_s) } else { self.warned_s },
            changed_s: Some(at_s),
        }
    }
}

#[cfg(test)]
mod tests;
