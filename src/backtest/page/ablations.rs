//! What the model's parts are worth.

use maud::Markup;
use plimsoll_model::{Ablated, HorizonScores, Interval, Scores};
use plimsoll_serve::{section, table};

use crate::backtest::run::Run;
use crate::backtest::told::figure;

impl Run {
    /// Nothing where no part was left out.
    pub(super) fn ablation_table(&self) -> Markup {
        if self.ablations.is_empty() {
            return Markup::default();
        }
        let whole = row("whole model".to_owned(), &self.model().scores, None);
        let without = |ablated: &Ablated| {
            let day = ablated.whole_ahead.iter().find(|(name, _)| *name == "24h");
            let auc = day.and_then(|(_, ahead)| ahead.auc);
            row(format!("without {}", ablated.without), &ablated.scores, auc)
        };
        let rows: Vec<_> = [whole].into_iter().chain(self.ablations.iter().map(without)).collect();
        let head = [
            "",
            "AUC 24 h",
            "whole ahead by",
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
        let lead = "The same folds, trained once more without each part.";
        section("What are its parts worth?", lead, &table("The model without a part", &head, &rows))
    }
}

fn row(name: String, scores: &Scores, ahead: Option<Interval>) -> Vec<String> {
    let at = |horizon: &str| -> HorizonScores {
        let found = scores.horizons.iter().find(|(name, _)| *name == horizon);
        found.expect("every horizon is scored").1
    };
    let (day, week) = (at("24h"), at("7d"));
    let ahead = ahead
        .map_or(String::new(), |Interval { lower, upper }| format!("[{lower:+.3}, {upper:+.3}]"));
    vec![
        name,
        figure(day.auc, None, 3),
        ahead,
        figure(day.average_precision, None, 3),
        figure(day.brier, None, 6),
        figure(day.observed_over_expected, None, 2),
        figure(week.auc, None, 3),
        figure(week.average_precision, None, 3),
        figure(week.brier, None, 6),
        figure(week.observed_over_expected, None, 2),
        figure(scores.antolini_c, None, 3),
        figure(scores.ibs, None, 5),
        figure(scores.rcll, None, 4),
    ]
}
