//! `plimsoll alerts replay`.

mod table;

use std::path::PathBuf;

use anyhow::{anyhow, ensure};
use chrono::{DateTime, Utc};
use clap::Args;
use plimsoll_features::Observations;
use plimsoll_model::{Forecasts, Heard, Hearing, Model};
use plimsoll_serve::{Look, Measure, NewRule, Rule, replay};
use serde::Serialize;

use crate::cli::Landmarks;

/// Levels of probability that are tried, from the first by this factor up to the last.
const PROBABILITIES: (f64, f64, f64) = (2e-4, 1.06, 0.9);
/// Levels of health factor that are tried, from the first by this step up to the last.
const HEALTH_FACTORS: (f64, f64, f64) = (0.95, 0.005, 2.0);
/// Levels that end a warning, beside those that raise it: shares of a probability, and what is added
/// to a health factor.
const CLEAR_SHARES: [f64; 2] = [0.5, 0.2];
const CLEAR_HEALTHS: [f64; 3] = [0.02, 0.05, 0.1];
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
    landmarks: Landmarks,
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
struct Replayed {
    trained_until: DateTime<Utc>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    landmarks: usize,
    accounts: usize,
    account_months: f64,
    episodes: usize,
    budgets: Vec<Budget>,
}

/// The best of each kind of rule within one budget.
#[derive(Debug, Serialize)]
struct Budget {
    false_per_account_month: f64,
    rules: Vec<Tried>,
}

/// One rule, and what it would have said.
#[derive(Debug, Clone, Serialize)]
struct Tried {
    rule: Rule,
    /// Messages of every type.
    messages: usize,
    #[serde(flatten)]
    heard: Heard,
}

impl Replay {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let model = Model::load(&self.model)?;
        let rows = self.rows()?;
        let measures = self.measures()?;
        let from = time(rows.time_s.iter().min());
        let trained_until = model.manifest().training.until;
        ensure!(
            trained_until <= from,
            "the model was trained until {trained_until}, and the first landmark is {from}: it has seen what it is judged on"
        );
        let forecasts = model.forecast(rows.features.view())?;
        let hearing = Hearing::new(&rows);
        let tried: Vec<Vec<Tried>> = measures
            .into_iter()
            .map(|measure| self.try_all(measure, &rows, &forecasts, &hearing))
            .collect::<anyhow::Result<_>>()?;
        let budget = |&budget: &f64| Budget {
            false_per_account_month: budget,
            rules: tried.iter().filter_map(|tried| best(tried, budget)).collect(),
        };
        let replayed = Replayed {
            trained_until,
            from,
            to: time(rows.time_s.iter().max()),
            landmarks: rows.len(),
            accounts: rows.account.chunk_by(|a, b| a == b).count(),
            account_months: hearing.account_months(),
            episodes: hearing.judge(&[]).episodes,
            budgets: self.budgets.iter().map(budget).collect(),
        };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&replayed)?);
        } else {
            print!("{}", table::Table(&replayed));
        }
        Ok(())
    }

    /// The landmarks of the grid, which is when a server would have looked.
    fn rows(&self) -> anyhow::Result<Observations> {
        let observations = self.landmarks.read()?;
        let from_s = self.landmarks.from.map_or(i64::MIN, |from| from.timestamp());
        let to_s = self.landmarks.to.map_or(i64::MAX, |to| to.timestamp());
        let rows = observations.filter(|row| {
            observations.on_grid[row] && (from_s..to_s).contains(&observations.time_s[row])
        });
        ensure!(!rows.is_empty(), "there is no landmark in that span");
        Ok(rows)
    }

    fn measures(&self) -> anyhow::Result<Vec<Measure>> {
        let unknown =
            |name: &str| anyhow!("{name:?} is no horizon: use 1h, 6h, 24h, 3d, 7d or 30d");
        let named = self.horizons.iter();
        let named = named.map(|name| Measure::within(name).ok_or_else(|| unknown(name)));
        named.chain([Ok(Measure::HealthFactor)]).collect()
    }

    /// A kind of rule at all of its levels.
    fn try_all(
        &self,
        measure: Measure,
        rows: &Observations,
        forecasts: &Forecasts,
        hearing: &Hearing,
    ) -> anyhow::Result<Vec<Tried>> {
        let values: Vec<f64> = match measure.horizon() {
            Some(place) => (0..rows.len()).map(|row| forecasts.p_liquidated(row)[place]).collect(),
            None => rows.health_factor.clone(),
        };
        let look = |row: usize| Look {
            account: rows.account[row],
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
            let rule = asked.rule()?;
            let said = replay(&rule, (0..rows.len()).map(look), hearing.step_s());
            Ok(Tried { rule, messages: said.messages, heard: hearing.judge(&said.warned) })
        };
        levels(measure).into_iter().map(one).collect()
    }
}

/// Levels that raise a warning, each with some that end it.
fn levels(measure: Measure) -> Vec<(f64, f64)> {
    let next: fn(&f64) -> Option<f64> = if measure.falls() {
        |level| Some(level + HEALTH_FACTORS.1)
    } else {
        |level| Some(level * PROBABILITIES.1)
    };
    let (first, _, last) = if measure.falls() { HEALTH_FACTORS } else { PROBABILITIES };
    let raising = std::iter::successors(Some(first), next).take_while(|level| *level <= last);
    let ending = |fire: f64| -> Vec<(f64, f64)> {
        if measure.falls() {
            CLEAR_HEALTHS.map(|more| (fire, fire + more)).into()
        } else {
            CLEAR_SHARES.map(|share| (fire, fire * share)).into()
        }
    };
    raising.flat_map(ending).collect()
}

/// The rule that warns of most within a budget; the one with fewest false warnings of several.
fn best(tried: &[Tried], budget: f64) -> Option<Tried> {
    let within = tried.iter().filter(|tried| tried.heard.false_per_account_month <= budget);
    within.max_by_key(|t| (t.heard.warned, std::cmp::Reverse(t.heard.false_warnings))).cloned()
}

fn time(second: Option<&i64>) -> DateTime<Utc> {
    second.and_then(|second| DateTime::from_timestamp(*second, 0)).unwrap_or_default()
}
