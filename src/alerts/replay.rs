//! `plimsoll alerts replay`.

mod table;

use std::path::PathBuf;

use anyhow::{anyhow, ensure};
use chrono::{DateTime, Utc};
use clap::Args;
use plimsoll_features::Observations;
use plimsoll_model::{AlertEvaluator, AlertScores, Forecasts, Model};
use plimsoll_serve::{Measure, NewRule, ReplayObservation, Rule, replay};
use serde::Serialize;

use crate::cli::LandmarkArgs;

/// Levels of probability that are tried, from the first by this factor up to the last.
const PROBABILITY_GRID: (f64, f64, f64) = (2e-4, 1.06, 0.9);
/// Levels of health factor that are tried, from the first by this step up to the last.
const HEALTH_FACTOR_GRID: (f64, f64, f64) = (0.95, 0.005, 2.0);
/// Levels that end a warning, beside those that raise it: shares of a probability, and what is added
/// to a health factor.
const CLEAR_RATIOS: [f64; 2] = [0.5, 0.2];
const CLEAR_MARGINS: [f64; 3] = [0.02, 0.05, 0.1];
/// As long as a warning is judged for.
const REMIND_HOURS: f64 = 72.0;

/// Replay history as rules would have seen it, and judge what they would have said.
///
/// Every landmark of the lake's grid is looked at as a server would have looked at it, by the same
/// watch: a level that raises a warning, another that ends it, a cool-down, and a reminder after 72
/// hours while it is still as bad. A warning is true if a liquidation follows within 72 hours; its
/// lead is the time from the first true warning to the liquidation, and liquidations of one account
/// within 24 hours of another are one. As `plimsoll backtest` judges alarms.
///
/// For each budget of false warnings every kind of rule gets the levels with which it warns of most
/// liquidations within that budget, chosen on the judged span itself, the health factor's as well as
/// the probabilities'. The model must have been trained before --from.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    landmarks: LandmarkArgs,
    /// Folder of the model.
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// False warnings for each account watched for a month that a rule may give.
    #[arg(
        long,
        value_name = "N,..",
        value_delimiter = ',',
        default_value = "0.02,0.05,0.1,0.2,0.5,1"
    )]
    budgets: Vec<f64>,
    /// Horizons of the probabilities that are looked at.
    #[arg(long, value_name = "HORIZON,..", value_delimiter = ',', default_value = "24h,3d,7d")]
    horizons: Vec<String>,
    /// Least hours between two warnings of one account.
    #[arg(long, value_name = "HOURS", default_value_t = 6.0)]
    cool_down_hours: f64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What a replay comes to.
#[derive(Debug, Serialize)]
struct ReplayReport {
    trained_until: DateTime<Utc>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    landmarks: usize,
    accounts: usize,
    account_months: f64,
    episodes: usize,
    budgets: Vec<BudgetResult>,
}

/// The best of each kind of rule within one budget.
#[derive(Debug, Serialize)]
struct BudgetResult {
    false_per_account_month: f64,
    rules: Vec<RuleResult>,
}

/// One rule, and what it would have said.
#[derive(Debug, Clone, Serialize)]
struct RuleResult {
    rule: Rule,
    /// Messages of every type.
    messages: usize,
    #[serde(flatten)]
    scores: AlertScores,
}

impl Replay {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let model = Model::load(&self.model)?;
        let rows = self.grid_landmarks()?;
        let measures = self.parse_measures()?;
        let from = to_datetime(rows.time_s.iter().min());
        let trained_until = model.manifest().training.until;
        ensure!(
            trained_until <= from,
            "the model was trained until {trained_until}, and the first landmark is {from}: it has seen what it is judged on"
        );
        let forecasts = model.forecast(rows.features.view())?;
        let hearing = AlertEvaluator::new(&rows);
        let tried: Vec<Vec<RuleResult>> = measures
            .into_iter()
            .map(|measure| self.evaluate_levels(measure, &rows, &forecasts, &hearing))
            .collect::<anyhow::Result<_>>()?;
        let budget = |&budget: &f64| BudgetResult {
            false_per_account_month: budget,
            rules: tried.iter().filter_map(|tried| best_within_budget(tried, budget)).collect(),
        };
        let replayed = ReplayReport {
            trained_until,
            from,
            to: to_datetime(rows.time_s.iter().max()),
            landmarks: rows.len(),
            accounts: rows.account_index.chunk_by(|a, b| a == b).count(),
            account_months: hearing.account_months(),
            episodes: hearing.score(&[]).episodes,
            budgets: self.budgets.iter().map(budget).collect(),
        };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&replayed)?);
        } else {
            print!("{}", table::ReplayTable(&replayed));
        }
        Ok(())
    }

    /// The landmarks of the grid, which is when a server would have looked.
    fn grid_landmarks(&self) -> anyhow::Result<Observations> {
        let observations = self.landmarks.read_observations()?;
        let from_s = self.landmarks.from.map_or(i64::MIN, |from| from.timestamp());
        let to_s = self.landmarks.to.map_or(i64::MAX, |to| to.timestamp());
        let rows = observations.filter(|row| {
            observations.on_grid[row] && (from_s..to_s).contains(&observations.time_s[row])
        });
        ensure!(!rows.is_empty(), "there is no landmark in that span");
        Ok(rows)
    }

    fn parse_measures(&self) -> anyhow::Result<Vec<Measure>> {
        let unknown =
            |name: &str| anyhow!("{name:?} is no horizon: use 1h, 6h, 24h, 3d, 7d or 30d");
        let named = self.horizons.iter();
        let named = named.map(|name| Measure::from_horizon(name).ok_or_else(|| unknown(name)));
        named.chain([Ok(Measure::HealthFactor)]).collect()
    }

    /// A kind of rule at all of its levels.
    fn evaluate_levels(
        &self,
        measure: Measure,
        rows: &Observations,
        forecasts: &Forecasts,
        hearing: &AlertEvaluator,
    ) -> anyhow::Result<Vec<RuleResult>> {
        let values: Vec<f64> = match measure.horizon_index() {
            Some(place) => (0..rows.len()).map(|row| forecasts.p_liquidated(row)[place]).collect(),
            None => rows.health_factor.clone(),
        };
        let look = |row: usize| ReplayObservation {
            account: rows.account_index[row],
            at_s: rows.time_s[row],
            value: values[row],
        };
        let one = |(fire, clear): (f64, f64)| {
            let asked = NewRule {
                clear: Some(clear),
                cool_down_hours: Some(self.cool_down_hours),
                remind_hours: Some(REMIND_HOURS),
                ..NewRule::new(measure, fire)
            };
            let rule = asked.validate()?;
            let said = replay(&rule, (0..rows.len()).map(look), hearing.step_s());
            Ok(RuleResult {
                rule,
                messages: said.messages,
                scores: hearing.score(&said.warning_indices),
            })
        };
        level_pairs(measure).into_iter().map(one).collect()
    }
}

/// Levels that raise a warning, each with some that end it.
fn level_pairs(measure: Measure) -> Vec<(f64, f64)> {
    let next: fn(&f64) -> Option<f64> = if measure.lower_is_worse() {
        |level| Some(level + HEALTH_FACTOR_GRID.1)
    } else {
        |level| Some(level * PROBABILITY_GRID.1)
    };
    let (first, _, last) =
        if measure.lower_is_worse() { HEALTH_FACTOR_GRID } else { PROBABILITY_GRID };
    let raising = std::iter::successors(Some(first), next).take_while(|level| *level <= last);
    let ending = |fire: f64| -> Vec<(f64, f64)> {
        if measure.lower_is_worse() {
            CLEAR_MARGINS.map(|more| (fire, fire + more)).into()
        } else {
            CLEAR_RATIOS.map(|share| (fire, fire * share)).into()
        }
    };
    raising.flat_map(ending).collect()
}

/// The rule that warns of most within a budget; the one with fewest false warnings of several.
fn best_within_budget(tried: &[RuleResult], budget: f64) -> Option<RuleResult> {
    let within = tried.iter().filter(|tried| tried.scores.false_per_account_month <= budget);
    within.max_by_key(|t| (t.scores.warned, std::cmp::Reverse(t.scores.false_warnings))).cloned()
}

fn to_datetime(second: Option<&i64>) -> DateTime<Utc> {
    second.and_then(|second| DateTime::from_timestamp(*second, 0)).unwrap_or_default()
}
