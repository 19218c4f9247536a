//! The results of the demonstration, and the next commands.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use plimsoll_govern::CollateralField;
use plimsoll_lake::Horizon;
use plimsoll_model::Evaluation;
use plimsoll_report::{format_figure, format_time};

use super::results::{Results, is_liquidatable, sorted_by_risk, stuck_by_debt};
use super::warnings;
use crate::table::text_table;
use crate::truth::TruthComparison;

/// Accounts listed.
const LISTED_ACCOUNTS: usize = 5;

/// Formats the results.
pub(super) struct Summary<'a> {
    /// The folder of the demonstration.
    pub(super) dir: &'a Path,
    /// The address of its server.
    pub(super) listen: SocketAddr,
    pub(super) results: &'a Results,
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_scores(f)?;
        self.write_truth(f)?;
        self.write_at_risk(f)?;
        self.write_stuck(f)?;
        self.write_proposal(f)?;
        self.write_warnings(f)?;
        self.write_next_commands(f)?;
        self.write_outputs(f)
    }
}

impl Summary<'_> {
    fn write_scores(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Evaluation { from, to, rows, .. } = &self.results.evaluation;
        let (from, to) = (from.format("%F"), to.format("%F"));
        writeln!(f, "\nHow good were the forecasts? {rows} landmarks from {from} to {to}")?;
        let rows = self.results.evaluation.scores.horizons.iter().map(|(horizon, at)| {
            let relative =
                at.brier.zip(at.brier_constant).map(|(brier, constant)| brier / constant);
            let figures = [at.auc, relative, at.observed_over_expected];
            let names = [horizon.to_string(), at.positives.to_string()];
            names.into_iter().chain(figures.map(|value| format_figure(value, 3))).collect()
        });
        let header = ["within", "liquidated", "AUC", "Brier/constant", "O/E"];
        writeln!(f, "{}", text_table(&header, 1, rows))
    }

    fn write_truth(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TruthComparison { rows, .. } = self.results.comparison;
        writeln!(
            f,
            "\nHow close are they to the true probabilities? {rows} accounts whose probability is known"
        )?;
        let by_name = |name: &str| {
            let found = self
                .results
                .comparison
                .forecasters
                .iter()
                .find(|forecaster| forecaster.name == name);
            found.and_then(|forecaster| forecaster.agreement.as_ref())
        };
        let Some((model, passage)) = by_name("model").zip(by_name("first_passage")) else {
            return Ok(());
        };
        let rows = model.iter().zip(passage).map(|((horizon, model), (_, passage))| {
            vec![
                horizon.to_string(),
                format_figure(model.mean_truth, 5),
                format_figure(model.mean_forecast, 5),
                format_pair(model.rank_correlation, passage.rank_correlation, 3),
                format_pair(model.mean_absolute_error, passage.mean_absolute_error, 5),
            ]
        });
        let header =
            ["within", "mean truth", "mean model", "rank correlation", "mean absolute error"];
        writeln!(f, "{}", text_table(&header, 1, rows))?;
        writeln!(f, "  (in brackets: first passage, a closed formula)")
    }

    fn write_at_risk(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let forecasts = sorted_by_risk(&self.results.forecasts);
        let time = forecasts.first().map(|forecast| format_time(forecast.time));
        writeln!(f, "\nWho is at risk? {}", time.unwrap_or_default())?;
        for forecast in forecasts.iter().take(LISTED_ACCOUNTS) {
            let health = format_figure(forecast.health_factor, 3);
            let debt = forecast.debt_usd.unwrap_or_default();
            let percent = |p: f64| 100.0 * p;
            let now = if is_liquidatable(forecast) { "  liquidatable now" } else { "" };
            writeln!(
                f,
                "  {}  health {health}  debt {debt:>9.0} USD  24 h {:>5.2} %  7 d {:>5.2} %{now}",
                forecast.account,
                percent(forecast.p_liquidated_24h),
                percent(forecast.p_liquidated_7d)
            )?;
        }
        Ok(())
    }

    fn write_stuck(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stuck = stuck_by_debt(&self.results.forecasts);
        if stuck.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nWhat is stuck below the threshold, liquidatable for a day or more?")?;
        for forecast in stuck.iter().take(LISTED_ACCOUNTS) {
            let health = format_figure(forecast.health_factor, 3);
            let debt = forecast.debt_usd.unwrap_or_default();
            let taken = 100.0 * forecast.p_liquidated_30d;
            writeln!(
                f,
                "  {}  health {health}  debt {debt:>9.0} USD  30 d {taken:>5.2} %",
                forecast.account
            )?;
        }
        Ok(())
    }

    fn write_proposal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nWhat should governance move? In basis points")?;
        for collateral in &self.results.proposal.collaterals {
            let asset = &collateral.before.asset;
            let changed = CollateralField::ALL.into_iter().filter(|field| {
                !collateral.no_change
                    && field.get(&collateral.current) != field.get(&collateral.recommended)
            });
            let moves: Vec<String> = changed
                .map(|field| {
                    let (from, to) =
                        (field.get(&collateral.current), field.get(&collateral.recommended));
                    format!("{field} {from} to {to}")
                })
                .collect();
            let moves = if moves.is_empty() { "nothing".to_owned() } else { moves.join(", ") };
            writeln!(f, "  {asset}: {moves}")?;
        }
        Ok(())
    }

    fn write_warnings(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = 100.0 * warnings::FIRE_PROBABILITY;
        writeln!(f, "\nWho was warned? At {percent} % within a week, of those at most risk")?;
        self.results
            .warnings
            .iter()
            .take(LISTED_ACCOUNTS)
            .try_for_each(|sent| writeln!(f, "  {}", sent.text))
    }

    fn write_next_commands(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dir, listen, .. } = self;
        let dir = dir.display();
        let account = sorted_by_risk(&self.results.forecasts)
            .first()
            .map_or("", |forecast| forecast.account.as_str());
        let horizons = Horizon::COUNT;
        writeln!(f, "\nLook next at")?;
        let lines = [
            (
                format!("plimsoll evaluate --lake {dir}/lake --model {dir}/model"),
                format!("all scores at {horizons} horizons, beside the baselines"),
            ),
            (
                format!("plimsoll simulate truth --lake {dir}/lake --model {dir}/model"),
                "the true probabilities, scored on independent futures".to_owned(),
            ),
            (format!("plimsoll status --lake {dir}/lake"), "contents of a lake".to_owned()),
            (
                format!(
                    "plimsoll serve --lake {dir}/lake --model {dir}/model --report {dir}/report \
                     --proposals {dir}/proposal --listen {listen}"
                ),
                "the risk page and the API; then:".to_owned(),
            ),
            (
                format!("curl -s http://{listen}/v1/accounts/{account}"),
                "one account, its health factor and its probabilities".to_owned(),
            ),
        ];
        lines.iter().try_for_each(|(command, what)| writeln!(f, "  {command}\n      {what}"))
    }

    fn write_outputs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dir, listen, .. } = self;
        let dir = dir.display();
        writeln!(f, "\nFiles")?;
        let outputs = [
            (format!("{dir}/lake"), "a year of the market, and features of every open account"),
            (format!("{dir}/model"), "the model"),
            (format!("{dir}/report/index.html"), "scores of its forecasts, as a page of charts"),
            (format!("{dir}/truth.parquet"), "true probabilities"),
            (
                format!("{dir}/forecasts.parquet"),
                "the model's forecasts of every account open at the end",
            ),
            (format!("{dir}/proposal/proposal.md"), "what governance should change, and why"),
            (format!("{dir}/alerts.db"), "subscriptions and messages; see `plimsoll alerts sent`"),
            (format!("http://{listen}/"), "the risk page, while it is served"),
        ];
        let width = outputs.iter().map(|(path, _)| path.len()).max().unwrap_or(0);
        outputs.iter().try_for_each(|(path, what)| writeln!(f, "  {path:width$}  {what}"))
    }
}

fn format_pair(model: Option<f64>, passage: Option<f64>, decimals: usize) -> String {
    format!("{} ({})", format_figure(model, decimals), format_figure(passage, decimals))
}
