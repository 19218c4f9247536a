//! Contribution of the model's parts.

use maud::Markup;
use plimsoll_lake::Horizon;
use plimsoll_model::{AblationScores, ConfidenceInterval, ForecastScores};

use crate::backtest::report::BacktestReport;
use crate::format::format_figure;
use crate::html::{section, table};

impl BacktestReport {
    /// Empty if no part was left out.
    pub(super) fn ablation_section(&self) -> Markup {
        if self.ablations.is_empty() {
            return Markup::default();
        }
        let full_model = row("whole model".to_owned(), &self.model_forecaster().scores, None);
        let without = |ablated: &AblationScores| {
            let day = ablated.full_minus_ablated.get(Horizon::Hours24.index());
            let auc = day.and_then(|(_, ahead)| ahead.auc);
            row(format!("without {}", ablated.ablation), &ablated.scores, auc)
        };
        let rows: Vec<_> =
            [full_model].into_iter().chain(self.ablations.iter().map(without)).collect();
        let head = [
            "",
            "AUC 24 h",
            "whole model minus this",
            "AP 24 h",
            "Brier 24 h",
            "O/E 24 h",
            "AUC 7 d",
            "AP 7 d",
            "Brier 7 d",
            "O/E 7 d",
            "Antolini C",
            "IBS",
            "RCLL",
        ];
        let lead = "The same folds, also trained without each part.";
        section("Ablations", lead, &table("The model without a part", &head, &rows))
    }
}

fn row(name: String, scores: &ForecastScores, ahead: Option<ConfidenceInterval>) -> Vec<String> {
    let [day, week] = [Horizon::Hours24, Horizon::Days7].map(|horizon| scores.at_horizon(horizon));
    let ahead = ahead.map_or(String::new(), |ConfidenceInterval { lower, upper }| {
        format!("[{lower:+.3}, {upper:+.3}]")
    });
    vec![
        name,
        format_figure(day.auc, 3),
        ahead,
        format_figure(day.average_precision, 3),
        format_figure(day.brier, 6),
        format_figure(day.observed_over_expected, 2),
        format_figure(week.auc, 3),
        format_figure(week.average_precision, 3),
        format_figure(week.brier, 6),
        format_figure(week.observed_over_expected, 2),
        format_figure(scores.antolini_c, 3),
        format_figure(scores.ibs, 5),
        format_figure(scores.rcll, 4),
    ]
}
