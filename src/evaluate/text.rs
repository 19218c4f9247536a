//! An evaluation as text or Markdown.

use std::fmt;

use plimsoll_lake::Horizon;
use plimsoll_model::{Evaluation, ForecastScores, HorizonScores, ReferenceSource, SkillScores};
use plimsoll_report::format_figure;

use crate::table::TableStyle;

/// Header of the table of discrimination and accuracy.
pub(super) const SCORES: [&str; 9] =
    ["horizon", "forecast", "rows", "positives", "AUC", "AP", "Brier", "constant", "O/E"];
/// Header of the table of log scores and calibration.
pub(super) const CALIBRATION: [&str; 8] = [
    "horizon",
    "forecast",
    "log score",
    "clipped",
    "slope",
    "intercept",
    "Brier skill",
    "log skill",
];

/// Formats an evaluation.
pub(super) struct EvaluationText<'a> {
    /// The name of the evaluated forecasts in the table.
    pub(super) label: &'static str,
    pub(super) evaluation: &'a Evaluation,
    pub(super) style: TableStyle,
}

impl fmt::Display for EvaluationText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_counts(f)?;
        let baselines = self.evaluation.baselines.iter().map(|(name, scores)| (*name, scores));
        let all: Vec<(&str, &ForecastScores)> =
            std::iter::once((self.label, &self.evaluation.scores)).chain(baselines).collect();
        let rows = Horizon::ALL.into_iter().flat_map(|horizon| {
            all.iter()
                .map(move |(name, scores)| score_row(horizon, name, scores.at_horizon(horizon)))
        });
        writeln!(f, "{}\n", self.style.table(&SCORES, 2, rows))?;
        self.write_calibration(f, &all)?;
        self.write_curve_scores(f, &all)
    }
}

impl EvaluationText<'_> {
    fn write_counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Evaluation { from, to, rows, accounts, events, .. } = self.evaluation;
        let trained = self.evaluation.trained_until.map(|until| format!(", trained until {until}"));
        let trained = trained.unwrap_or_default();
        writeln!(f, "{rows} landmarks of {accounts} accounts from {from} to {to}{trained}")?;
        if let Some(overlap) = &self.evaluation.in_training_span {
            writeln!(f, "{} of them lie in the training span", overlap.rows)?;
        }
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

    /// Writes log scores, calibration and skill; baselines only have log scores and calibration.
    fn write_calibration(
        &self,
        f: &mut fmt::Formatter<'_>,
        all: &[(&str, &ForecastScores)],
    ) -> fmt::Result {
        let skill = &self.evaluation.skill;
        let rows = Horizon::ALL.into_iter().flat_map(|horizon| {
            all.iter().enumerate().map(move |(index, (name, scores))| {
                let skill = skill.get(horizon.index()).filter(|_| index == 0);
                let scores = scores.at_horizon(horizon);
                calibration_row(horizon, name, scores, skill.map(|(_, skill)| skill))
            })
        });
        writeln!(f, "{}", self.style.table(&CALIBRATION, 2, rows))?;
        let Some(reference) = &self.evaluation.reference else {
            return writeln!(f, "no skill: no landmark before the first forecast\n");
        };
        let until = reference.until;
        let source = match reference.source {
            ReferenceSource::TrainingSpan => "the model's training span",
            ReferenceSource::EarlierLandmarks => "all landmarks",
        };
        writeln!(f, "\nskill is relative to `constant`, the event rate of {source} until {until}\n")
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
        writeln!(f, "{}\n", self.style.table(&["forecast", "Antolini C", "IBS"], 1, rows))?;
        let ForecastScores { uno_c, rcll, d_calibration_p, .. } = &self.evaluation.scores;
        let row = vec![
            self.label.to_owned(),
            format_figure(*uno_c, 4),
            format_figure(*rcll, 5),
            format_figure(*d_calibration_p, 4),
        ];
        let header = ["forecast", "Uno C", "RCLL", "D-calibration p"];
        writeln!(f, "{}", self.style.table(&header, 1, [row]))
    }
}

/// A row under [`SCORES`].
pub(super) fn score_row(horizon: Horizon, name: &str, scores: &HorizonScores) -> Vec<String> {
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

/// A row under [`CALIBRATION`].
pub(super) fn calibration_row(
    horizon: Horizon,
    name: &str,
    scores: &HorizonScores,
    skill: Option<&SkillScores>,
) -> Vec<String> {
    vec![
        horizon.to_string(),
        name.to_owned(),
        format_figure(scores.log_score, 6),
        scores.log_score_clipped.map_or_else(|| "-".to_owned(), |clipped| clipped.to_string()),
        format_figure(scores.calibration_slope, 3),
        format_figure(scores.calibration_intercept, 3),
        format_figure(skill.and_then(|skill| skill.brier), 4),
        format_figure(skill.and_then(|skill| skill.log_score), 4),
    ]
}
