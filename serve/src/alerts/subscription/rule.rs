//! Rules: when a warning is raised and when it ends.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::alerts::error::AlertError;
use crate::alerts::subscription::measure::Measure;
use crate::field_error::FieldError;

/// Largest level of a health factor.
pub(crate) const MAX_HEALTH_FACTOR: f64 = 100.0;
/// Maximum cool-down and reminder interval, hours: thirty days.
pub(crate) const MAX_WAIT_HOURS: f64 = 720.0;

const DEFAULT_COOL_DOWN_HOURS: f64 = 6.0;
/// Defaults of the level that ends a warning, relative to the level that raises it.
const DEFAULT_CLEAR_RATIO: f64 = 0.5;
const DEFAULT_CLEAR_MARGIN: f64 = 0.1;
const SECONDS_PER_HOUR: f64 = 3_600.0;

/// A rule as requested.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object with `measure` and `fire`")]
#[schema(example = json!({
    "measure": "probability_24h", "fire": 0.05, "clear": 0.01, "cool_down_hours": 6
}))]
pub struct NewRule {
    /// The measured value.
    pub measure: Measure,
    /// Level that raises a warning: a probability at or above it, a health factor at or below it.
    pub fire: f64,
    /// Level that ends the warning: a probability below it, a health factor above it. If absent, half
    /// of `fire`, or for a health factor 0.1 more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear: Option<f64>,
    /// Minimum hours between two warnings of one account; 6 if absent, at most 720.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 720)]
    pub cool_down_hours: Option<f64>,
    /// Hours after which a warning is repeated while the level is still reached; never if absent. 1 to 720.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 720)]
    pub remind_hours: Option<f64>,
}

/// A rule: a level that raises a warning, one that ends it, and limits on repetition.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "measure": "probability_24h", "fire": 0.05, "clear": 0.01, "cool_down_hours": 6.0,
    "remind_hours": null
}))]
pub struct Rule {
    /// The measured value.
    pub measure: Measure,
    /// Level that raises a warning.
    pub fire: f64,
    /// Level that ends the warning.
    pub clear: f64,
    /// Minimum hours between two warnings of one account.
    pub cool_down_hours: f64,
    /// Hours after which a warning is repeated while the level is still reached; null for never.
    #[schema(required)]
    pub remind_hours: Option<f64>,
}

impl NewRule {
    /// A rule with defaults for everything but the level.
    #[must_use]
    pub const fn new(measure: Measure, fire: f64) -> Self {
        Self { measure, fire, clear: None, cool_down_hours: None, remind_hours: None }
    }

    /// Validates the rule.
    ///
    /// # Errors
    /// [`AlertError::InvalidRequest`] with all errors.
    pub fn validate(&self) -> Result<Rule, AlertError> {
        let mut errors = Vec::new();
        let rule = self.validate_at("rule", &mut errors);
        if errors.is_empty() { Ok(rule) } else { Err(AlertError::InvalidRequest(errors)) }
    }

    /// The rule; errors are added to a list, with a path such as `rules[0]`.
    pub(crate) fn validate_at(&self, path: &str, errors: &mut Vec<FieldError>) -> Rule {
        let rule = self.with_defaults();
        let mut refuse = |field: &str, detail: String| {
            errors.push(FieldError::new(&format!("{path}.{field}"), detail))
        };
        let Rule { fire, clear, cool_down_hours, .. } = rule;
        if rule.measure.lower_is_worse() {
            if !(fire > 0.0 && fire < MAX_HEALTH_FACTOR) {
                let limit = format!("above 0 and below {MAX_HEALTH_FACTOR}");
                refuse("fire", format!("{fire} is not a health factor level: it is {limit}"));
            } else if !(clear > fire && clear <= MAX_HEALTH_FACTOR) {
                let limit =
                    format!("above the level {fire} that raises it, at most {MAX_HEALTH_FACTOR}");
                refuse("clear", format!("{clear} cannot end a warning: it is {limit}"));
            }
        } else if !(fire > 0.0 && fire <= 1.0) {
            refuse("fire", format!("{fire} is not a probability level: it is above 0, at most 1"));
        } else if !(clear > 0.0 && clear < fire) {
            let limit = format!("above 0 and below the level {fire} that raises it");
            refuse("clear", format!("{clear} cannot end a warning: it is {limit}"));
        }
        if !(0.0..=MAX_WAIT_HOURS).contains(&cool_down_hours) {
            let limit = format!("0 to {MAX_WAIT_HOURS} hours");
            refuse(
                "cool_down_hours",
                format!("{cool_down_hours} is not a cool-down: it is {limit}"),
            );
        }
        if let Some(hours) = rule.remind_hours.filter(|h| !(1.0..=MAX_WAIT_HOURS).contains(h)) {
            let limit = format!("1 to {MAX_WAIT_HOURS} hours");
            refuse("remind_hours", format!("{hours} is not a reminder interval: it is {limit}"));
        }
        rule
    }

    fn with_defaults(&self) -> Rule {
        let clear = if self.measure.lower_is_worse() {
            // Rounded to three decimals, as 1.1 + 0.1 is not exactly 1.2.
            ((self.fire + DEFAULT_CLEAR_MARGIN) * 1e3).round() / 1e3
        } else {
            self.fire * DEFAULT_CLEAR_RATIO
        };
        Rule {
            measure: self.measure,
            fire: self.fire,
            clear: self.clear.unwrap_or(clear),
            cool_down_hours: self.cool_down_hours.unwrap_or(DEFAULT_COOL_DOWN_HOURS),
            remind_hours: self.remind_hours,
        }
    }
}

impl Rule {
    /// Whether a value raises a warning.
    #[must_use]
    pub fn fires(&self, value: f64) -> bool {
        if self.measure.lower_is_worse() { value <= self.fire } else { value >= self.fire }
    }

    /// Whether a value ends a warning.
    #[must_use]
    pub fn clears(&self, value: f64) -> bool {
        if self.measure.lower_is_worse() { value > self.clear } else { value < self.clear }
    }

    pub(crate) fn cool_down_s(&self) -> i64 {
        hours_to_seconds(self.cool_down_hours)
    }

    pub(crate) fn remind_s(&self) -> Option<i64> {
        self.remind_hours.map(hours_to_seconds)
    }
}

fn hours_to_seconds(hours: f64) -> i64 {
    (hours * SECONDS_PER_HOUR).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_error(rule: NewRule) -> String {
        let mut errors = Vec::new();
        rule.validate_at("rules[0]", &mut errors);
        errors.pop().map(|error| error.detail).unwrap_or_default()
    }

    #[test]
    fn default_clear_level_differs_from_fire_level() {
        let mut errors = Vec::new();
        let day = NewRule::new(Measure::OneDay, 0.05).validate_at("", &mut errors);
        let health = NewRule::new(Measure::HealthFactor, 1.1).validate_at("", &mut errors);
        assert_eq!((day.clear, health.clear, errors.len()), (0.025, 1.2, 0));
    }

    #[test]
    fn value_between_the_levels_neither_fires_nor_clears() {
        let day = NewRule::new(Measure::OneDay, 0.05).with_defaults();
        let health = NewRule::new(Measure::HealthFactor, 1.1).with_defaults();
        assert!(day.fires(0.05) && !day.fires(0.049) && !day.clears(0.025) && day.clears(0.02));
        assert!(health.fires(1.1) && !health.fires(1.11) && !health.clears(1.2));
        assert!(health.clears(1.21) && !health.fires(f64::NAN) && !day.clears(f64::NAN));
    }

    #[test]
    fn invalid_level_is_named_with_its_limit() {
        let day = NewRule::new(Measure::OneDay, 0.05);
        let health = NewRule::new(Measure::HealthFactor, 1.1);
        for (rule, expected) in [
            (NewRule { fire: 5.0, ..day }, "rules[0].fire: 5 is not a probability level"),
            (NewRule { fire: f64::NAN, ..day }, "rules[0].fire: NaN is not a probability level"),
            (NewRule { clear: Some(0.05), ..day }, "rules[0].clear: 0.05 cannot end a warning"),
            (NewRule { clear: Some(1.1), ..health }, "rules[0].clear: 1.1 cannot end a warning"),
            (NewRule { fire: 0.0, ..health }, "rules[0].fire: 0 is not a health factor level"),
            (NewRule { cool_down_hours: Some(-1.0), ..day }, "rules[0].cool_down_hours: -1 is not"),
            (NewRule { remind_hours: Some(0.5), ..day }, "rules[0].remind_hours: 0.5 is not"),
        ] {
            assert!(first_error(rule).starts_with(expected), "{}", first_error(rule));
        }
    }
}
