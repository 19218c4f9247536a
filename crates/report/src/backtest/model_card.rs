//! The model card.

use std::fmt::{Result, Write};

use plimsoll_features::FEATURES;
use plimsoll_model::WarningQuality;

use super::labels::{display_name, format_interval_estimate, format_median_lead, format_threshold};
use super::report::BacktestReport;
use crate::format::{format_estimate, format_figure};

impl BacktestReport {
    /// The card in Markdown.
    pub(super) fn model_card(&self) -> String {
        let mut card = String::new();
        let parts = [
            Self::intended_use,
            Self::data_and_method,
            Self::score_table,
            Self::warning_table,
            Self::failure_windows,
            Self::limitations,
            Self::reproduction,
        ];
        parts
            .iter()
            .try_for_each(|part| part(self, &mut card))
            .expect("writing to a string cannot fail");
        card
    }

    fn intended_use(&self, card: &mut String) -> Result {
        writeln!(card, "# Model card\n")?;
        writeln!(card, "Plimsoll {}, seed {}.\n", self.backtest.version, self.backtest.seed)?;
        writeln!(card, "## Intended use\n")?;
        writeln!(
            card,
            "Probabilities that an open on-chain loan will be liquidated, or closed by its owner \
             first, within 1 hour to 30 days: to monitor portfolios of loans, to warn borrowers, to set \
             risk parameters. Not for decisions on a single loan without its owner's knowledge, nor for \
             markets that were not in training.\n"
        )
    }

    fn data_and_method(&self, card: &mut String) -> Result {
        let backtest = &self.backtest;
        writeln!(card, "## Data, features and method\n")?;
        writeln!(card, "{}", self.lead())?;
        let (from, to) = (backtest.from.format("%F %R"), backtest.to.format("%F %R"));
        let known = backtest.known_until.format("%F %R");
        writeln!(card, "Landmarks from {from} to {to} UTC, outcomes known until {known}.")?;
        let features: Vec<&str> =
            FEATURES.iter().flat_map(|group| group.iter()).map(|feature| feature.name).collect();
        writeln!(
            card,
            "\nThe probability of liquidation is a curve over {} times from an hour to thirty days: the \
             weighted mean of the curves of a net, which corrects first passage by the owner's \
             behaviour, and of boosted trees pooled over horizons. Weights are fitted on held-out \
             blocks of time. The probability never rises as a position gets healthier. {} features \
             are computed for each landmark from what was then known: {}.\n",
            plimsoll_model::INTERVALS,
            features.len(),
            features.join(", ")
        )?;
        writeln!(card, "| trained until | landmarks | accounts | with a liquidation ahead |")?;
        writeln!(card, "|---|---|---|---|")?;
        for fold in &backtest.folds {
            let training = &fold.training;
            let until = fold.until.format("%F");
            let (rows, accounts) = (training.rows, training.accounts);
            writeln!(card, "| {until} | {rows} | {accounts} | {} |", training.liquidated)?;
        }
        writeln!(card)
    }

    fn score_table(&self, card: &mut String) -> Result {
        writeln!(card, "## Scores\n\nBrackets: 95 % by blocks of time.\n")?;
        writeln!(
            card,
            "| horizon | | liquidated | AUC | average precision | Brier (best constant) | observed / expected |"
        )?;
        writeln!(card, "|---|---|---|---|---|---|---|")?;
        for index in 0..self.model_forecaster().scores.horizons.len() {
            for forecaster in &self.backtest.forecasters[..2] {
                let (horizon, at) = forecaster.scores.horizons[index];
                let by = forecaster.intervals[index].by_time;
                writeln!(
                    card,
                    "| {horizon} | {} | {} | {} | {} | {} ({}) | {} |",
                    display_name(forecaster.name),
                    at.positives,
                    format_estimate(at.auc, by.auc, 3),
                    format_estimate(at.average_precision, by.average_precision, 3),
                    format_estimate(at.brier, by.brier, 6),
                    format_figure(at.brier_constant, 6),
                    format_estimate(at.observed_over_expected, by.observed_over_expected, 2)
                )?;
            }
        }
        let (model, scores) = (self.model_forecaster(), &self.model_forecaster().scores);
        writeln!(
            card,
            "\nAntolini C {}, Uno C {}, integrated Brier score {}, log loss of all outcomes {}, \
             D-calibration p {}. Calibration curves are in `index.html` and `backtest.json`.\n",
            format_figure(scores.antolini_c, 3),
            format_figure(scores.uno_c, 3),
            format_estimate(scores.ibs, model.ibs_interval, 5),
            format_estimate(scores.rcll, model.rcll_interval, 4),
            format_figure(scores.d_calibration_p, 3)
        )
    }

    fn warning_table(&self, card: &mut String) -> Result {
        writeln!(card, "## Warnings\n")?;
        let hours = self.backtest.warnings.alarm_hours;
        writeln!(
            card,
            "An alarm is active for {hours} hours, or until a liquidation, which makes it true. Other \
             rules have thresholds that raise no more false alarms than the model.\n"
        )?;
        writeln!(
            card,
            "| rule | alarm | true | false | precision | recall | false per account and month | median lead time |"
        )?;
        writeln!(card, "|---|---|---|---|---|---|---|---|")?;
        for quality in self.backtest.warnings.rules.iter().flatten() {
            let WarningQuality { rule, true_alarms, false_alarms, .. } = quality;
            writeln!(
                card,
                "| {} | {} | {true_alarms} | {false_alarms} | {} | {} | {} | {} |",
                display_name(rule),
                format_threshold(quality),
                format_interval_estimate(&quality.precision, 3),
                format_interval_estimate(&quality.recall, 2),
                format_interval_estimate(&quality.false_alarms_per_account_month, 3),
                format_median_lead(quality)
            )?;
        }
        writeln!(card)
    }

    fn failure_windows(&self, card: &mut String) -> Result {
        writeln!(card, "## Failure windows\n")?;
        writeln!(
            card,
            "| week around | episodes | AUC 24 h | first passage | O/E 24 h | O/E 7 d |"
        )?;
        writeln!(card, "|---|---|---|---|---|---|")?;
        for scores in self.backtest.crashes.iter().chain([&self.backtest.calm]) {
            writeln!(
                card,
                "| {} | {} | {} | {} | {} | {} |",
                scores.crash.as_ref().map_or("calm", |crash| crash.name.as_str()),
                scores.episodes,
                format_figure(scores.day.auc, 3),
                format_figure(scores.first_passage_day.auc, 3),
                format_figure(scores.day.observed_over_expected, 2),
                format_figure(scores.week.observed_over_expected, 2)
            )?;
        }
        writeln!(card)
    }

    fn limitations(&self, card: &mut String) -> Result {
        let backtest = &self.backtest;
        writeln!(card, "## Limits\n")?;
        writeln!(
            card,
            "- {} accounts were liquidated in {} episodes, most of them in a few crashes: intervals \
             are wide, and with few blocks of time still too narrow.",
            backtest.liquidated_accounts, backtest.episodes
        )?;
        let (from, to) = (backtest.from.format("%F"), backtest.to.format("%F"));
        writeln!(card, "- The figures hold for {from} to {to} and the markets in the data only.")?;
        writeln!(
            card,
            "- Crashes are not predicted: in their weeks more are liquidated than expected, in calm ones fewer."
        )?;
        writeln!(
            card,
            "- Accounts opened and liquidated between two landmarks are not evaluated.\n"
        )
    }

    fn reproduction(&self, card: &mut String) -> Result {
        let Self { command, data_fingerprint, .. } = self;
        writeln!(card, "## Reproduction\n\n```\n{command}\n```\n")?;
        writeln!(card, "Observations (SHA-256 of their files): `{data_fingerprint}`.")
    }
}
