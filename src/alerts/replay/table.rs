//! The table of a replay.

use std::fmt;

use plimsoll_serve::Rule;

use super::report::{ReplayReport, RuleResult};

/// Formats a replay as a table.
pub(super) struct ReplayTable<'a>(pub(super) &'a ReplayReport);

impl fmt::Display for ReplayTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ReplayReport { from, to, landmarks, accounts, account_months, episodes, .. } = self.0;
        let (from, to) = (from.format("%F"), to.format("%F"));
        writeln!(
            f,
            "{from} to {to}: {landmarks} landmarks of {accounts} accounts, {account_months:.0} account-months,"
        )?;
        writeln!(
            f,
            "{episodes} liquidations; the model was trained until {}\n",
            self.0.trained_until.format("%F")
        )?;
        let head =
            ["false/month", "rule", "fire", "clear", "recall", "precision", "lead h", "warnings"];
        let [budget, rule, fire, clear, recall, precision, lead, warnings] = head;
        writeln!(
            f,
            "{budget:>11}  {rule:<8} {fire:>8} {clear:>8} {recall:>7} {precision:>10} {lead:>7} {warnings:>9}"
        )?;
        for budget in &self.0.budgets {
            for (index, result) in budget.rules.iter().enumerate() {
                let shown = if index == 0 {
                    budget.false_per_account_month.to_string()
                } else {
                    String::new()
                };
                writeln!(f, "{shown:>11}  {}", format_row(result))?;
            }
        }
        Ok(())
    }
}

fn format_row(result: &RuleResult) -> String {
    let RuleResult { rule, scores, .. } = result;
    let share = |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{share:.3}"));
    let lead = scores.lead_hours.map_or("-".to_owned(), |[_, median, _]| format!("{median:.1}"));
    let (fire, clear) = (format_level(rule, rule.fire), format_level(rule, rule.clear));
    let name = rule.measure.horizon_name().map_or("HF".to_owned(), |name| format!("P({name})"));
    let (recall, precision) = (share(scores.recall), share(scores.precision));
    let warnings = scores.warnings;
    format!("{name:<8} {fire:>8} {clear:>8} {recall:>7} {precision:>10} {lead:>7} {warnings:>9}")
}

fn format_level(rule: &Rule, level: f64) -> String {
    if rule.measure.lower_is_worse() {
        format!("{level:.3}")
    } else {
        format!("{:.2}%", level * 100.0)
    }
}
