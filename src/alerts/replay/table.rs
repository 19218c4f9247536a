//! The table of a replay.

use std::fmt;

use plimsoll_report::format_figure;
use plimsoll_serve::Rule;

use super::report::{ReplayReport, RuleResult};
use crate::table::text_table;

const HEADER: [&str; 8] =
    ["false/month", "rule", "fire", "clear", "recall", "precision", "lead h", "warnings"];

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
        let rows = self.0.budgets.iter().flat_map(|budget| {
            budget.rules.iter().enumerate().map(|(index, result)| {
                let shown = budget.false_per_account_month.to_string();
                row(if index == 0 { shown } else { String::new() }, result)
            })
        });
        writeln!(f, "{}", text_table(&HEADER, 2, rows))
    }
}

fn row(budget: String, result: &RuleResult) -> Vec<String> {
    let RuleResult { rule, scores, .. } = result;
    let name = rule.measure.horizon().map_or("HF".to_owned(), |horizon| format!("P({horizon})"));
    vec![
        budget,
        name,
        format_level(rule, rule.fire),
        format_level(rule, rule.clear),
        format_figure(scores.recall, 3),
        format_figure(scores.precision, 3),
        format_figure(scores.lead_hours.map(|[_, median, _]| median), 1),
        scores.warnings.to_string(),
    ]
}

fn format_level(rule: &Rule, level: f64) -> String {
    if rule.measure.lower_is_worse() {
        format!("{level:.3}")
    } else {
        format!("{:.2}%", level * 100.0)
    }
}
