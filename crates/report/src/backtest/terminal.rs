//! A backtest as text for the terminal.

use std::fmt::Write;

use plimsoll_model::{WarningQuality, WindowScores};

use super::labels::{display_name, format_interval_estimate, format_median_lead};
use super::report::BacktestReport;
use crate::format::{format_estimate, format_figure};

impl BacktestReport {
    /// The summary as lines of text.
    #[must_use]
    pub fn terminal_summary(&self) -> String {
        let mut text = String::new();
        let write = [
            Self::heading_lines,
            Self::horizon_lines,
            Self::curve_scores,
            Self::ablation_lines,
            Self::warning_lines,
            Self::crash_lines,
        ];
        write
            .iter()
            .try_for_each(|part| part(self, &mut text))
            .expect("writing to a string cannot fail");
        text
    }

    fn heading_lines(&self, text: &mut String) -> std::fmt::Result {
        let backtest = &self.backtest;
        let (from, to) = (backtest.from.format("%F"), backtest.to.format("%F"));
        let (rows, accounts) = (backtest.rows, backtest.accounts);
        writeln!(
            text,
            "{rows} landmarks of {accounts} accounts from {from} to {to}, each forecast"
        )?;
        let until: Vec<String> =
            backtest.folds.iter().map(|fold| fold.until.format("%F").to_string()).collect();
        writeln!(
            text,
            "by the latest of {} models, trained until {}",
            until.len(),
            until.join(" ")
        )?;
        let (episodes, liquidated) = (backtest.episodes, backtest.liquidated_accounts);
        writeln!(text, "{liquidated} accounts were liquidated, in {episodes} episodes\n")
    }

    fn horizon_lines(&self, text: &mut String) -> std::fmt::Result {
        writeln!(
            text,
            "{:>7}  {:<30} {:>9} {:>22} {:>22} {:>30} {:>20}",
            "horizon", "forecast", "positives", "AUC", "AP", "Brier (constant)", "O/E"
        )?;
        let forecasters = &self.backtest.forecasters;
        for index in 0..self.model_forecaster().scores.horizons.len() {
            for forecaster in forecasters {
                let (horizon, at) = forecaster.scores.horizons[index];
                let by_time = forecaster.intervals.get(index).map(|intervals| intervals.by_time);
                let brier = format_figure(at.brier, 6);
                let constant = format_figure(at.brier_constant, 6);
                writeln!(
                    text,
                    "{horizon:>7}  {:<30} {:>9} {:>22} {:>22} {:>30} {:>20}",
                    display_name(forecaster.name),
                    at.positives,
                    format_estimate(at.auc, by_time.and_then(|i| i.auc), 3),
                    format_estimate(
                        at.average_precision,
                        by_time.and_then(|i| i.average_precision),
                        3
                    ),
                    format!("{brier} ({constant})"),
                    format_estimate(
                        at.observed_over_expected,
                        by_time.and_then(|i| i.observed_over_expected),
                        2
                    )
                )?;
            }
        }
        writeln!(text)
    }

    fn curve_scores(&self, text: &mut String) -> std::fmt::Result {
        for forecaster in &self.backtest.forecasters {
            let scores = &forecaster.scores;
            writeln!(
                text,
                "{:<30}  Antolini C {}  Uno C {}  IBS {}  RCLL {}  D-calibration p {}",
                display_name(forecaster.name),
                format_figure(scores.antolini_c, 3),
                format_figure(scores.uno_c, 3),
                format_estimate(scores.ibs, forecaster.ibs_interval, 5),
                format_estimate(scores.rcll, forecaster.rcll_interval, 4),
                format_figure(scores.d_calibration_p, 3)
            )?;
        }
        writeln!(text)
    }

    fn ablation_lines(&self, text: &mut String) -> std::fmt::Result {
        for ablated in &self.ablations {
            write!(text, "without {:<12}", ablated.ablation)?;
            for (horizon, at) in &ablated.scores.horizons {
                let [auc, brier] = [(at.auc, 3), (at.brier, 6)].map(|(v, n)| format_figure(v, n));
                write!(text, "  {horizon} AUC {auc} Brier {brier}")?;
            }
            writeln!(text)?;
        }
        Ok(())
    }

    fn warning_lines(&self, text: &mut String) -> std::fmt::Result {
        writeln!(
            text,
            "Alarms at a probability within 24 h, and other rules with no more false ones"
        )?;
        writeln!(
            text,
            "{:<14} {:>9} {:>6} {:>6} {:>20} {:>20} {:>22} {:>12}",
            "rule",
            "from",
            "true",
            "false",
            "precision",
            "recall",
            "false/account-month",
            "median lead"
        )?;
        for quality in self.backtest.warnings.rules.iter().flatten() {
            writeln!(text, "{}", warning_line(quality))?;
        }
        writeln!(text)
    }

    fn crash_lines(&self, text: &mut String) -> std::fmt::Result {
        writeln!(
            text,
            "{:<12} {:>9} {:>10} {:>9} {:>15} {:>14} {:>9}  warned at each threshold",
            "week around",
            "landmarks",
            "liquidated",
            "AUC 24 h",
            "first passage",
            "Brier/const",
            "O/E 24 h"
        )?;
        let all = self.backtest.crashes.iter().chain([&self.backtest.calm]);
        all.into_iter().try_for_each(|scores| writeln!(text, "{}", crash_line(scores)))
    }
}

fn warning_line(quality: &WarningQuality) -> String {
    let decimals = if quality.rule == "health_factor" { 3 } else { 4 };
    format!(
        "{:<14} {:>9} {:>6} {:>6} {:>20} {:>20} {:>22} {:>12}",
        display_name(quality.rule),
        format_figure(quality.threshold, decimals),
        quality.true_alarms,
        quality.false_alarms,
        format_interval_estimate(&quality.precision, 3),
        format_interval_estimate(&quality.recall, 2),
        format_interval_estimate(&quality.false_alarms_per_account_month, 3),
        format_median_lead(quality)
    )
}

fn crash_line(scores: &WindowScores) -> String {
    let name = scores.crash.as_ref().map_or("calm", |crash| crash.name.as_str());
    let relative = scores.day.brier.zip(scores.day.brier_constant);
    let relative = relative.and_then(|(own, constant)| (constant > 0.0).then(|| own / constant));
    let warned: Vec<String> = scores.warned.iter().map(usize::to_string).collect();
    format!(
        "{name:<12} {:>9} {:>10} {:>9} {:>15} {:>14} {:>9}  {}",
        scores.rows,
        scores.episodes,
        format_figure(scores.day.auc, 3),
        format_figure(scores.first_passage_day.auc, 3),
        format_figure(relative, 3),
        format_figure(scores.day.observed_over_expected, 2),
        warned.join(" ")
    )
}
