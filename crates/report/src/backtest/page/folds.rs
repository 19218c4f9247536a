//! Training and scores of each fold.

use maud::Markup;
use plimsoll_model::FoldScores;

use crate::backtest::report::BacktestReport;
use crate::format::format_figure;
use crate::html::{section, table};

impl BacktestReport {
    pub(super) fn fold_section(&self) -> Markup {
        let row = |fold: &FoldScores| {
            let training = &fold.training;
            vec![
                fold.until.format("%F").to_string(),
                training.rows.to_string(),
                training.accounts.to_string(),
                training.liquidated.to_string(),
                fold.day.rows.to_string(),
                fold.day.positives.to_string(),
                format_figure(fold.day.auc, 3),
                format_figure(fold.first_passage_day.auc, 3),
                format_figure(fold.day.brier, 6),
                format_figure(fold.day.brier_constant, 6),
                format_figure(fold.day.observed_over_expected, 2),
                format_figure(fold.week.observed_over_expected, 2),
            ]
        };
        let rows: Vec<_> = self.backtest.folds.iter().map(row).collect();
        let head = [
            "trained until",
            "landmarks",
            "accounts",
            "liquidation ahead",
            "evaluated",
            "liquidated within 24 h",
            "AUC 24 h",
            "first passage",
            "Brier 24 h",
            "best constant",
            "O/E 24 h",
            "O/E 7 d",
        ];
        let lead =
            "Each model was trained on data before its date; it is evaluated until the next.";
        section("Folds", lead, &table("Training and evaluation", &head, &rows))
    }
}
