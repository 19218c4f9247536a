//! Alert rules on the command line.

use plimsoll_lake::{Horizon, UnknownHorizon};
use plimsoll_serve::{Measure, NewRule};

/// Parses a rule such as `24h=5%` or `24h=5%/1%`: the level that raises a warning, and the level below
/// which it is cleared.
pub(crate) fn parse_probability_rule(text: &str) -> Result<NewRule, String> {
    let usage = || format!("{text:?} is not a rule: use 24h=5% or 24h=5%/1%");
    let (horizon, levels) = text.split_once('=').ok_or_else(usage)?;
    let horizon: Horizon =
        horizon.parse().map_err(|unknown: UnknownHorizon| unknown.to_string())?;
    parse_rule(Measure::from_horizon(horizon), levels).ok_or_else(usage)
}

/// Parses a rule such as `1.1` or `1.1/1.2`.
pub(crate) fn parse_health_factor_rule(text: &str) -> Result<NewRule, String> {
    parse_rule(Measure::HealthFactor, text)
        .ok_or_else(|| format!("{text:?} is not a rule: use 1.1 or 1.1/1.2"))
}

fn parse_rule(measure: Measure, levels: &str) -> Option<NewRule> {
    let (fire, clear) = match levels.split_once('/') {
        Some((fire, clear)) => (parse_level(fire)?, Some(parse_level(clear)?)),
        None => (parse_level(levels)?, None),
    };
    Some(NewRule { clear, ..NewRule::new(measure, fire) })
}

fn parse_level(text: &str) -> Option<f64> {
    match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse().ok().map(|percent: f64| percent / 100.0),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_percentages_or_fractions() {
        for text in ["24h=5%/1%", "24h=0.05/0.01", "24h=5 %/1 %"] {
            let rule = parse_probability_rule(text).expect("a rule");
            assert_eq!((rule.measure, rule.fire, rule.clear), (Measure::OneDay, 0.05, Some(0.01)));
        }
        let rule = parse_health_factor_rule("1.1").expect("a rule");
        assert_eq!((rule.measure, rule.fire, rule.clear), (Measure::HealthFactor, 1.1, None));
    }

    #[test]
    fn an_invalid_rule_error_shows_the_expected_form() {
        assert!(parse_probability_rule("2d=5%").unwrap_err().contains("use 1h, 6h"));
        assert!(parse_probability_rule("24h").unwrap_err().contains("use 24h=5%"));
        assert!(parse_health_factor_rule("low").unwrap_err().contains("use 1.1"));
    }
}
