//! `plimsoll alerts replay`.

mod levels;
mod report;
mod table;

use std::path::PathBuf;

use anyhow::ensure;
use chrono::{DateTime, Utc};
use clap::Args;
use plimsoll_features::Observations;
use plimsoll_lake::Horizon;
use plimsoll_model::{AlertEvaluator, Forecasts, Model};
use plimsoll_serve::{Measure, NewRule, ReplayObservation, replay};

use crate::args::{JsonArgs, LandmarkArgs};
use levels::level_pairs;
use report::{BudgetResult, ReplayReport, RuleResult, best_within_budget};
use table::ReplayTable;

/// Time after which a warning is repeated, and within which a liquidation makes it true.
const REMIND_HOURS: f64 = 72.0;

/// Replay rules on history and evaluate their warnings.
///
/// Every landmark of the lake's grid is evaluated as a server would have evaluated it, with the same
/// rules: a level that raises a warning, another that clears it, a cool-down, and a reminder after 72
/// hours while the level is still reached. A warning is true if a liquidation follows within 72 hours;
/// its lead is the time from the first true warning to the liquidation, and liquidations of one
/// account within 24 hours of another are one, as in `plimsoll backtest`.
///
/// For each budget of false warnings every kind of rule gets the levels with which it warns of most
/// liquidations within that budget, chosen on the evaluated span itself, for the health factor as well
/// as for the probabilities. The model must have been trained before --from.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    landmarks: LandmarkArgs,
    /// Folder of the model.
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// Budgets: false warnings for each account and month.
    #[arg(
        long,
        value_name = "N,..",
        value_delimiter = ',',
        default_value = "0.02,0.05,0.1,0.2,0.5,1"
    )]
    budgets: Vec<f64>,
    /// Horizons of the probabilities that are evaluated.
    #[arg(long, value_name = "HORIZON,..", value_delimiter = ',', default_value = "24h,3d,7d")]
    horizons: Vec<Horizon>,
    /// Minimum number of hours between two warnings of one account.
    #[arg(long, value_name = "HOURS", default_value_t = 6.0)]
    cool_down_hours: f64,
    #[command(flatten)]
    output: JsonArgs,
}

impl Replay {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let model = Model::load(&self.model)?;
        let rows = self.grid_landmarks()?;
        let from = to_datetime(rows.time_s.iter().min());
        let trained_until = model.manifest().training.until;
        ensure!(
            trained_until <= from,
            "the model was trained until {trained_until}, and the first landmark is {from}: use a later --from"
        );
        let forecasts = model.forecast(rows.features.view())?;
        let evaluator = AlertEvaluator::new(&rows);
        let results: Vec<Vec<RuleResult>> = self
            .measures()
            .map(|measure| self.evaluate_levels(measure, &rows, &forecasts, &evaluator))
            .collect::<anyhow::Result<_>>()?;
        let budget = |&budget: &f64| BudgetResult {
            false_per_account_month: budget,
            rules: results.iter().filter_map(|kind| best_within_budget(kind, budget)).collect(),
        };
        let report = ReplayReport {
            trained_until,
            from,
            to: to_datetime(rows.time_s.iter().max()),
            landmarks: rows.len(),
            accounts: rows.account_index.chunk_by(|a, b| a == b).count(),
            account_months: evaluator.account_months(),
            episodes: evaluator.score(&[]).episodes,
            budgets: self.budgets.iter().map(budget).collect(),
        };
        self.output.print(&report, ReplayTable(&report))
    }

    /// The landmarks of the grid: the times at which a server would have evaluated accounts.
    fn grid_landmarks(&self) -> anyhow::Result<Observations> {
        let observations = self.landmarks.read_observations()?;
        let rows = observations.filter(|row| {
            observations.on_grid[row] && self.landmarks.contains(observations.time_s[row])
        });
        ensure!(!rows.is_empty(), "there is no landmark in that span");
        Ok(rows)
    }

    fn measures(&self) -> impl Iterator<Item = Measure> {
        let probabilities = self.horizons.iter().map(|horizon| Measure::from_horizon(*horizon));
        probabilities.chain([Measure::HealthFactor])
    }

    /// Scores one kind of rule at all of its levels.
    fn evaluate_levels(
        &self,
        measure: Measure,
        rows: &Observations,
        forecasts: &Forecasts,
        evaluator: &AlertEvaluator,
    ) -> anyhow::Result<Vec<RuleResult>> {
        let values: Vec<f64> = match measure.horizon() {
            Some(horizon) => {
                let probability = |row| forecasts.p_liquidated(row)[horizon.index()];
                (0..rows.len()).map(probability).collect()
            }
            None => rows.health_factor.clone(),
        };
        let observation = |row: usize| ReplayObservation {
            account: rows.account_index[row],
            at_s: rows.time_s[row],
            value: values[row],
        };
        let evaluate = |(fire, clear): (f64, f64)| {
            let rule = NewRule {
                clear: Some(clear),
                cool_down_hours: Some(self.cool_down_hours),
                remind_hours: Some(REMIND_HOURS),
                ..NewRule::new(measure, fire)
            };
            let rule = rule.validate()?;
            let replayed = replay(&rule, (0..rows.len()).map(observation), evaluator.step_s());
            let scores = evaluator.score(&replayed.warning_indices);
            Ok(RuleResult { rule, messages: replayed.messages, scores })
        };
        level_pairs(measure).into_iter().map(evaluate).collect()
    }
}

fn to_datetime(second: Option<&i64>) -> DateTime<Utc> {
    second.and_then(|second| DateTime::from_timestamp(*second, 0)).unwrap_or_default()
}
