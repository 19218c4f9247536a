//! An evaluation as text.

use std::fmt;

use plimsoll_lake::Horizon;
use plimsoll_model::{Evaluation, ForecastScores, HorizonScores};
use plimsoll_report::format_figure;

use crate::table::text_table;

const HEADER: [&str; 9] =
    ["horizon", "forecast", "rows", "positives", "AUC", "AP", "Brier", "constant", "O/E"];

/// Formats an evaluation.
pub(super) struct EvaluationText<'a> {
    /// The name of the evaluated forecasts in the table.
    pub(super) label: &'static str,
    pub(super) evaluation: &'a Evaluation,
}

impl fmt::Display for EvaluationText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_counts(f)?;
        let baselines = self.evaluation.baselines.iter().map(|(name, scores)| (*name, scores));
        let all: Vec<(&str, &ForecastScores)> =
            std::iter::once((self.label, &self.evaluation.scores)).chain(baselines).collect();
        let rows = Horizon::ALL.into_iter().flat_map(|horizon| {
            all.iter().map(move |(name, scores)| row(horizon, name, scores.at_horizon(horizon)))
        });
        writeln!(f, "{}\n", text_table(&HEADER, 2, rows))?;
        self.write_curve_scores(f, &all)
    }
}

impl EvaluationText<'_> {
    fn write_counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Evaluation { from, to, rows, accounts, events, .. } = self.evaluation;
        let trained = self.evaluation.trained_until.map(|until| format!(", trained until {until}"));
        let trained = trained.unwrap_or_default();
        writeln!(f, "{rows} landmarks of {accounts} accounts from {from} to {to}{trained}")?;
        if let Some(skipped) = self.evaluation.skipped {
            let (unmatched, off_grid) = (skipped.unmatched, skipped.off_grid);
            writeln!(
                f,
                "not scored: {unmatched} forecasts of no landmark in the lake, {off_grid} off the grid"
            )?;
        }
        let (liquidated, closed) = (events.liquidated, events.closed);
        writeln!(f, "followed by {liquidated} liquidations and {closed} closings\n")
    }

    /// Writes the scores of whole curves.
    fn write_curve_scores(
        &self,
        f: &mut fmt::Formatter<'_>,
        all: &[(&str, &ForecastScores)],
    ) -> fmt::Result {
        let rows = all.iter().map(|(name, scores)| {
            let ForecastScores { antolini_c, ibs, .. } = scores;
            vec![(*name).to_owned(), format_figure(*antolini_c, 4), format_figure(*ibs, 6)]
        });
        writeln!(f, "{}\n", text_table(&["forecast", "Antolini C", "IBS"], 1, rows))?;
        let ForecastScores { uno_c, rcll, d_calibration_p, .. } = &self.evaluation.scores;
        let row = vec![
            self.label.to_owned(),
            format_figure(*uno_c, 4),
            format_figure(*rcll, 5),
            format_figure(*d_calibration_p, 4),
        ];
        writeln!(f, "{}", text_table(&["forecast", "Uno C", "RCLL", "D-calibration p"], 1, [row]))
    }
}

fn row(horizon: Horizon, name: &str, scores: &HorizonScores) -> Vec<String> {
    vec![
        horizon.to_string(),
        name.to_owned(),
        scores.rows.to_string(),
        scores.positives.to_string(),
        format_figure(scores.auc, 4),
        format_figure(scores.average_precision, 4),
        format_figure(scores.brier, 6),
        format_figure(scores.brier_constant, 6),
        format_figure(scores.observed_over_expected, 3),
    ]
}
