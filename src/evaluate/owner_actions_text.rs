//! The evaluation of owners' actions as text or Markdown.

use std::fmt;

use plimsoll_model::{ActionRateBin, OwnerActionScores};
use plimsoll_report::format_figure;

use crate::table::TableStyle;

const TOTALS: [&str; 8] = [
    "owners' actions",
    "days",
    "observed",
    "expected",
    "O/E",
    "O/E by HF alone",
    "deviance skill",
    "skill by HF alone",
];
const SIZES: [&str; 9] = [
    "sizes", "actions", "mean", "expected", "closing", "expected", "in 50 %", "in 90 %", "ln bias",
];

/// Formats the scores of owners' actions.
pub(super) struct OwnerActionsText<'a> {
    pub(super) scores: &'a [OwnerActionScores],
    pub(super) style: TableStyle,
}

impl fmt::Display for OwnerActionsText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scores.is_empty() {
            return Ok(());
        }
        let totals = self.scores.iter().map(total_row);
        writeln!(f, "\n{}\n", self.style.table(&TOTALS, 1, totals))?;
        self.write_bins(f, "rate per day by HF", |scores| &scores.by_health)?;
        self.write_bins(f, "by tenths of expected rate", |scores| &scores.deciles)?;
        writeln!(f, "{}", self.style.table(&SIZES, 1, self.scores.iter().filter_map(size_row)))
    }
}

impl OwnerActionsText<'_> {
    /// Writes observed and expected rates per day by bin and kind.
    fn write_bins(
        &self,
        f: &mut fmt::Formatter<'_>,
        title: &str,
        bins: impl Fn(&OwnerActionScores) -> &Vec<ActionRateBin>,
    ) -> fmt::Result {
        let mut header = vec![title.to_owned()];
        for scores in self.scores {
            header.push(scores.kind.name().to_owned());
            header.push("expected".to_owned());
        }
        let row = |index: usize| {
            let mut row = vec![bin_label(index, &bins(&self.scores[0])[index])];
            for scores in self.scores {
                let ActionRateBin { days, observed, expected, .. } = bins(scores)[index];
                let per_day = |count: f64| format_figure((days > 0.0).then(|| count / days), 4);
                row.extend([per_day(observed), per_day(expected)]);
            }
            row
        };
        let rows = (0..bins(&self.scores[0]).len()).map(row);
        writeln!(f, "{}\n", self.style.table(&header, 1, rows))
    }
}

fn bin_label(index: usize, bin: &ActionRateBin) -> String {
    match (bin.from, bin.to) {
        (None, Some(to)) => format!("below {to}"),
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("{from} and above"),
        (None, None) => (index + 1).to_string(),
    }
}

fn total_row(scores: &OwnerActionScores) -> Vec<String> {
    let by_health = scores.observed / scores.by_health_expected;
    vec![
        scores.kind.name().to_owned(),
        format!("{:.0}", scores.days),
        format!("{:.0}", scores.observed),
        format!("{:.0}", scores.expected),
        format_figure(Some(scores.observed_over_expected()), 3),
        format_figure(Some(by_health), 3),
        format_figure(Some(scores.deviance_skill), 3),
        format_figure(Some(scores.by_health_deviance_skill), 3),
    ]
}

fn size_row(scores: &OwnerActionScores) -> Option<Vec<String>> {
    let sizes = scores.sizes.as_ref()?;
    Some(vec![
        scores.kind.name().to_owned(),
        sizes.rows.to_string(),
        format_figure(Some(sizes.mean), 3),
        format_figure(Some(sizes.expected_mean), 3),
        sizes.closed.to_string(),
        format!("{:.0}", sizes.expected_closed),
        format_figure(Some(sizes.coverage[0]), 3),
        format_figure(Some(sizes.coverage[1]), 3),
        format_figure(Some(sizes.log_bias), 2),
    ])
}
