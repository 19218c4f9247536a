//! The report as one HTML page without external resources and scripts.

mod ablations;
mod calibration;
mod crashes;
mod folds;
mod incidence;
mod scores;
mod warnings;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use plimsoll_lake::Horizon;

use super::report::BacktestReport;
use crate::error::ChartError;
use crate::format::format_estimate;
use crate::html::{STYLE, section, tile_list};

impl BacktestReport {
    /// The page as HTML.
    ///
    /// # Errors
    /// The errors of the drawing library.
    pub(super) fn page(&self) -> Result<String, ChartError> {
        let sections = [
            self.scores_section()?,
            self.calibration_section()?,
            self.incidence_section()?,
            self.warnings_section()?,
            self.crash_section()?,
            self.ablation_section(),
            self.fold_section(),
            self.method_section(),
        ];
        let title = self.title();
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (title) }
                    style { (PreEscaped(STYLE)) }
                }
                body { main {
                    header { h1 { (title) } p { (self.lead()) } (self.tiles()) }
                    @for section in &sections { (section) }
                    footer { p {
                        "Plimsoll " (self.backtest.version) ". Observations "
                        code { (self.data_fingerprint) } "."
                    } }
                } }
            }
        };
        Ok(page.into_string())
    }

    fn title(&self) -> String {
        let (from, to) = (self.backtest.from.format("%F"), self.backtest.to.format("%F"));
        format!("Backtest, {from} to {to}")
    }

    /// The scope of the backtest in two sentences.
    pub(super) fn lead(&self) -> String {
        let backtest = &self.backtest;
        format!(
            "{} landmarks of {} accounts, each forecast by a model trained only on data before the \
             start of its fold ({} of them). {} accounts were liquidated, in {} episodes.",
            backtest.rows,
            backtest.accounts,
            match backtest.folds.len() {
                1 => "one".to_owned(),
                folds => folds.to_string(),
            },
            backtest.liquidated_accounts,
            backtest.episodes
        )
    }

    fn tiles(&self) -> Markup {
        let day = self.model_forecaster().scores.at_horizon(Horizon::Hours24);
        let intervals = self.model_forecaster().intervals.get(Horizon::Hours24.index());
        let by_time = intervals.map(|intervals| intervals.by_time);
        let skill = day.brier.zip(day.brier_constant);
        let skill =
            skill.and_then(|(own, constant)| (constant > 0.0).then(|| 1.0 - own / constant));
        let all = [
            ("AUC within 24 h", day.auc, by_time.and_then(|i| i.auc), 3),
            (
                "average precision",
                day.average_precision,
                by_time.and_then(|i| i.average_precision),
                3,
            ),
            ("Brier skill over the best constant", skill, by_time.and_then(|i| i.brier_skill), 3),
            (
                "observed / expected",
                day.observed_over_expected,
                by_time.and_then(|i| i.observed_over_expected),
                2,
            ),
        ];
        let tile = |(name, value, interval, decimals): (&str, Option<f64>, Option<_>, usize)| {
            let text = format_estimate(value, interval, decimals);
            let (value, interval) = text.split_once(' ').unwrap_or((&text, ""));
            [value, interval, name].map(str::to_owned)
        };
        tile_list(&all.map(tile))
    }

    fn method_section(&self) -> Markup {
        let resampling = &self.backtest.resampling;
        let lead = format!(
            "Brackets are 95 % intervals from {} bootstrap replicates of whole blocks of time, each as \
             long as the horizon and no shorter than {} days, because the liquidations of one crash \
             are one event. Antolini's and Uno's concordance and D-calibration have no intervals. \
             First passage is the closed-form probability that a random walk reaches the threshold; the \
             training rate is the incidence in each fold's training data; the hindsight rate is the \
             incidence of the evaluated landmarks (Kaplan and Meier), known only afterwards.",
            resampling.replicates, resampling.block_days
        );
        let command = html! { pre { code { (self.command) } } };
        section("Method", &lead, &command)
    }
}
