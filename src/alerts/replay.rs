//! `plimsoll alerts replay`.

mod landmarks;
mod level_source;
mod levels;
mod report;
mod rule_kind;
mod table;
mod training_span;

use std::path::PathBuf;

use anyhow::ensure;
use clap::{Args, value_parser};
use plimsoll_features::Observations;
use plimsoll_lake::Horizon;
use plimsoll_model::{Model, TrainingSummary};
use plimsoll_serve::{NewRule, Rule};

use crate::args::{JsonArgs, LandmarkArgs};
use landmarks::{ReplayLandmarks, to_datetime};
use level_source::LevelSource;
use levels::level_pairs;
use report::{BudgetResult, ReplayReport, RuleResult, best_within_budget};
use rule_kind::RuleKind;
use table::ReplayTable;
use training_span::forecast_training_span;

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
/// liquidations within that budget: the model's probability, that of first passage, and the health
/// factor alone. By default levels are chosen on the model's training span only, where models of
/// earlier parts of it forecast the parts that follow; the rules are then replayed from --from, and
/// may exceed the budget there. `--levels hindsight` chooses them on the replayed landmarks
/// themselves, which nobody could have done. The model must have been trained before --from.
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
    /// Where levels are chosen.
    #[arg(long, value_name = "SPAN", default_value = "training")]
    levels: LevelSource,
    /// Number of models that forecast parts of the training span, to choose levels.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = value_parser!(u32).range(1..=100))]
    level_folds: u32,
    #[command(flatten)]
    output: JsonArgs,
}

impl Replay {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let model = Model::load(&self.model)?;
        let training = &model.manifest().training;
        let observations = self.landmarks.read_observations()?;
        let rows = self.grid_landmarks(&observations, training)?;
        let forecasts = model.forecast(rows.features.view())?;
        let replayed = ReplayLandmarks::new(rows, forecasts);
        let earlier = match self.levels {
            LevelSource::Training => {
                Some(forecast_training_span(&observations, training, self.level_folds)?)
            }
            LevelSource::Hindsight => None,
        };
        let chosen_on = earlier.as_ref().map(ReplayLandmarks::span);
        ensure!(
            chosen_on.as_ref().is_none_or(|span| span.episodes > 0),
            "no liquidation follows a held-out forecast of the training span, so it determines no \
             level: train with a later --until, or use --levels hindsight"
        );
        let report = ReplayReport {
            trained_until: training.until,
            span: replayed.span(),
            levels: self.levels,
            chosen_on,
            budgets: self.evaluate_budgets(&replayed, earlier.as_ref())?,
        };
        self.output.print(&report, ReplayTable(&report))
    }

    /// The landmarks of the grid: the times at which a server would have evaluated accounts.
    fn grid_landmarks(
        &self,
        observations: &Observations,
        training: &TrainingSummary,
    ) -> anyhow::Result<Observations> {
        let rows = observations.filter(|row| {
            observations.on_grid[row] && self.landmarks.contains(observations.time_s[row])
        });
        ensure!(!rows.is_empty(), "there is no landmark in that span");
        let (from, until) = (to_datetime(rows.time_s.iter().min()), training.until);
        ensure!(
            until <= from,
            "the model was trained until {until}, and the first landmark is {from}: use a later --from"
        );
        Ok(rows)
    }

    /// The chosen rules of each budget, by kind.
    fn evaluate_budgets(
        &self,
        replayed: &ReplayLandmarks,
        earlier: Option<&ReplayLandmarks>,
    ) -> anyhow::Result<Vec<BudgetResult>> {
        let empty =
            |&budget: &f64| BudgetResult { false_per_account_month: budget, rules: Vec::new() };
        let mut budgets: Vec<BudgetResult> = self.budgets.iter().map(empty).collect();
        for kind in RuleKind::all(&self.horizons) {
            let candidates = self.evaluate_levels(kind, earlier.unwrap_or(replayed))?;
            let values = replayed.values(kind);
            for budget in &mut budgets {
                let best = best_within_budget(&candidates, budget.false_per_account_month);
                budget.rules.extend(best.map(|best| match earlier {
                    Some(_) => RuleResult {
                        chosen_on: Some(best.scores),
                        ..replayed.replay(kind, best.rule, &values)
                    },
                    None => best.clone(),
                }));
            }
        }
        Ok(budgets)
    }

    /// Scores one kind of rule at all of its levels.
    fn evaluate_levels(
        &self,
        kind: RuleKind,
        landmarks: &ReplayLandmarks,
    ) -> anyhow::Result<Vec<RuleResult>> {
        let values = landmarks.values(kind);
        let evaluate = |levels| Ok(landmarks.replay(kind, self.rule(kind, levels)?, &values));
        level_pairs(kind.measure).into_iter().map(evaluate).collect()
    }

    /// The rule with a level that raises a warning and one that clears it.
    fn rule(&self, kind: RuleKind, (fire, clear): (f64, f64)) -> anyhow::Result<Rule> {
        let rule = NewRule {
            clear: Some(clear),
            cool_down_hours: Some(self.cool_down_hours),
            remind_hours: Some(REMIND_HOURS),
            ..NewRule::new(kind.measure, fire)
        };
        Ok(rule.validate()?)
    }
}
