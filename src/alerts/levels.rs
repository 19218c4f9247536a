//! Levels of a rule, as options.

use plimsoll_serve::{Measure, NewRule};

/// Reads a rule such as `24h=5%` or `24h=5%/1%`: the level that raises a warning, and the one below
/// which it is over.
pub(super) fn probability(text: &str) -> Result<NewRule, String> {
    let usage = || format!("{text:?} is no rule: use 24h=5% or 24h=5%/1%");
    let (horizon, levels) = text.split_once('=').ok_or_else(usage)?;
    let unknown = || format!("{horizon:?} is no horizon: use 1h, 6h, 24h, 3d, 7d or 30d");
    let measure = Measure::within(horizon).ok_or_else(unknown)?;
    rule(measure, levels).ok_or_else(usage)
}

/// Reads a rule such as `1.1` or `1.1/1.2`.
pub(super) fn health_factor(text: &str) -> Result<NewRule, String> {
    rule(Measure::HealthFactor, text)
        .ok_or_else(|| format!("{text:?} is no rule: use 1.1 or 1.1/1.2"))
}

fn rule(measure: Measure, levels: &str) -> Option<NewRule> {
    let (fire, clear) = match levels.split_once('/') {
        Some((fire, clear)) => (level(fire)?, Some(level(clear)?)),
        None => (level(levels)?, None),
    };
    Some(NewRule { clear, ..NewRule::new(measure, fire) })
}

fn level(text: &str) -> Option<f64> {
    match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse().ok().map(|percent: f64| percent / 100.0),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_per_cent_or_fractions() {
        for text in ["24h=5%/1%", "24h=0.05/0.01", "24h=5 %/1 %"] {
            let rule = probability(text).expect("a rule");
            assert_eq!((rule.measure, rule.fire, rule.clear), (Measure::OneDay, 0.05, Some(0.01)));
        }
        let rule = health_factor("1.1").expect("a rule");
        assert_eq!((rule.measure, rule.fire, rule.clear), (Measure::HealthFactor, 1.1, None));
    }

    #[test]
    fn what_is_no_rule_is_told_what_one_looks_like() {
        assert!(probability("2d=5%").unwrap_err().contains("use 1h, 6h"));
        assert!(probability("24h").unwrap_err().contains("use 24h=5%"));
        assert!(health_factor("low").unwrap_err().contains("use 1.1"));
    }
}
