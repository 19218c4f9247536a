//! The table of a replay.

use std::fmt;

use plimsoll_model::AlertScores;
use plimsoll_report::format_figure;
use plimsoll_serve::Rule;

use super::report::{ReplayReport, ReplaySpan, RuleResult};
use super::rule_kind::Forecaster;
use crate::table::text_table;

const HEADER: [&str; 9] =
    ["budget", "rule", "fire", "clear", "recall", "false/month", "precision", "lead h", "warnings"];
/// What the levels reached on the landmarks on which they were chosen.
const CHOSEN_HEADER: [&str; 2] = ["recall then", "false then"];

/// Formats a replay as a table.
pub(super) struct ReplayTable<'a>(pub(super) &'a ReplayReport);

impl fmt::Display for ReplayTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ReplayReport { span, chosen_on, trained_until, .. } = self.0;
        writeln!(f, "{}", SpanText(span))?;
        writeln!(f, "the model was trained until {}", trained_until.format("%F"))?;
        match chosen_on {
            Some(span) => writeln!(f, "levels chosen on {}\n", SpanText(span))?,
            None => writeln!(f, "levels chosen on the same landmarks, with hindsight\n")?,
        }
        let header = HEADER.iter().chain(chosen_on.iter().flat_map(|_| &CHOSEN_HEADER));
        let header: Vec<&str> = header.copied().collect();
        let rows = self.0.budgets.iter().flat_map(|budget| {
            budget.rules.iter().enumerate().map(|(index, result)| {
                let shown = budget.false_per_account_month.to_string();
                row(if index == 0 { shown } else { String::new() }, result)
            })
        });
        writeln!(f, "{}", text_table(&header, 2, rows))
    }
}

struct SpanText<'a>(&'a ReplaySpan);

impl fmt::Display for SpanText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ReplaySpan { from, to, landmarks, accounts, account_months, episodes } = self.0;
        let (from, to) = (from.format("%F"), to.format("%F"));
        write!(
            f,
            "{from} to {to}: {landmarks} landmarks of {accounts} accounts, \
             {account_months:.0} account-months, {episodes} liquidations"
        )
    }
}

fn row(budget: String, result: &RuleResult) -> Vec<String> {
    let RuleResult { rule, scores, chosen_on, .. } = result;
    let mut cells = vec![
        budget,
        rule_name(result),
        format_level(rule, rule.fire),
        format_level(rule, rule.clear),
        format_figure(scores.recall, 3),
        format_figure(Some(scores.false_per_account_month), 3),
        format_figure(scores.precision, 3),
        format_figure(scores.lead_hours.map(|[_, median, _]| median), 1),
        scores.warnings.to_string(),
    ];
    let reached = |chosen: &AlertScores| {
        let rate = chosen.false_per_account_month;
        [format_figure(chosen.recall, 3), format_figure(Some(rate), 3)]
    };
    cells.extend(chosen_on.iter().flat_map(reached));
    cells
}

fn rule_name(result: &RuleResult) -> String {
    match (result.forecaster, result.rule.measure.horizon()) {
        (Forecaster::Model, Some(horizon)) => format!("P({horizon})"),
        (Forecaster::FirstPassage, Some(horizon)) => format!("first passage({horizon})"),
        (Forecaster::HealthFactor, _) | (_, None) => "HF".to_owned(),
    }
}

fn format_level(rule: &Rule, level: f64) -> String {
    if rule.measure.lower_is_worse() {
        format!("{level:.3}")
    } else {
        format!("{:.2}%", level * 100.0)
    }
}
