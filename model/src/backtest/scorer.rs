//! Scores of a walk-forward run.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use plimsoll_features::{CLOSED, LIQUIDATED};
use plimsoll_lake::Horizon;

use super::crashes::crash_windows;
use super::forecaster_scorer::ForecasterScorer;
use super::horizons::HorizonRows;
use super::incidence::incidence_curves;
use super::outputs::ForecasterOutputs;
use super::plan::BacktestPlan;
use super::summary::{BacktestSummary, FoldScores, WeeklyCounts, WindowScores};
use super::walk_forward::{TrainedFold, WalkForward};
use crate::backtest::alarms::episodes::{LiquidationEpisode, liquidation_episodes};
use crate::backtest::alarms::evaluator::{AlarmEvaluator, AlarmRule};
use crate::backtest::alarms::scores::WarningScores;
use crate::evaluation::report::{EventCounts, HorizonScores};
use crate::forecast::forecasts::Forecasts;
use crate::input::grid::horizon_column;
use crate::units::DAY_S;

const WEEK_S: i64 = 7 * DAY_S;

/// Data shared by all parts of the summary.
struct BacktestScorer<'a> {
    run: &'a WalkForward,
    plan: &'a BacktestPlan,
    outputs: ForecasterOutputs,
    horizons: Vec<HorizonRows>,
    episodes: Vec<LiquidationEpisode>,
}

/// Scores the out-of-sample forecasts of a walk-forward run.
#[must_use]
pub fn score_backtest(run: &WalkForward, plan: &BacktestPlan) -> BacktestSummary {
    let scorer = BacktestScorer {
        run,
        plan,
        outputs: ForecasterOutputs::new(run),
        horizons: HorizonRows::by_horizon(run.rows(), plan.resampling.block_days),
        episodes: liquidation_episodes(run.rows()),
    };
    scorer.summarize()
}

impl BacktestScorer<'_> {
    fn summarize(&self) -> BacktestSummary {
        let rows = self.run.rows();
        let time = |time_s: Option<&i64>| {
            DateTime::from_timestamp(time_s.copied().unwrap_or(0), 0).unwrap_or_default()
        };
        let count = |event: u8| rows.outcome.iter().filter(|o| o.event == event).count();
        let forecaster_scorer = self.forecaster_scorer();
        let (forecasters, differences) = forecaster_scorer.forecaster_scores();
        let (warnings, crashes, calm) = self.warnings_and_crashes();
        BacktestSummary {
            version: env!("CARGO_PKG_VERSION"),
            from: time(rows.time_s.iter().min()),
            to: time(rows.time_s.iter().max()),
            known_until: rows.known_until(),
            rows: rows.len(),
            accounts: rows.account_index.chunk_by(|a, b| a == b).count(),
            events: EventCounts { liquidated: count(LIQUIDATED), closed: count(CLOSED) },
            liquidated_accounts: self
                .episodes
                .iter()
                .map(|e| e.account)
                .collect::<BTreeSet<_>>()
                .len(),
            episodes: self.episodes.len(),
            seed: self.plan.train.seed,
            resampling: self.plan.resampling,
            folds: self.fold_scores(),
            forecasters,
            model_minus_first_passage: differences,
            calibration: forecaster_scorer.calibrations(),
            incidence: incidence_curves(self.run, &self.plan.resampling),
            weeks: self.weekly_counts(),
            crashes,
            calm,
            warnings,
        }
    }

    fn forecaster_scorer(&self) -> ForecasterScorer<'_> {
        ForecasterScorer {
            run: self.run,
            resampling: &self.plan.resampling,
            outputs: &self.outputs,
            horizons: &self.horizons,
        }
    }

    fn fold_scores(&self) -> Vec<FoldScores> {
        let scores = |(number, fold): (usize, &TrainedFold)| {
            let in_fold = |row: usize| self.run.fold_of_row[row] == number;
            FoldScores {
                until: fold.fold.until,
                to: fold.fold.to,
                training: fold.training.clone(),
                day: self.horizon_scores(Horizon::Hours24, &self.outputs.model, in_fold),
                week: self.horizon_scores(Horizon::Days7, &self.outputs.model, in_fold),
                first_passage_day: self.horizon_scores(
                    Horizon::Hours24,
                    &self.outputs.first_passage,
                    in_fold,
                ),
            }
        };
        self.run.folds.iter().enumerate().map(scores).collect()
    }

    /// Scores of a horizon on some rows.
    fn horizon_scores(
        &self,
        horizon: Horizon,
        forecasts: &Forecasts,
        keep: impl Fn(usize) -> bool,
    ) -> HorizonScores {
        let horizon_rows = &self.horizons[horizon.index()];
        let column = horizon_column(horizon);
        let kept =
            horizon_rows.rows.iter().zip(&horizon_rows.positives).filter(|(row, _)| keep(**row));
        let (probabilities, positives): (Vec<f64>, Vec<bool>) =
            kept.map(|(&row, &positive)| (forecasts.liquidated[[row, column]], positive)).unzip();
        HorizonScores::from_predictions(&probabilities, &positives)
    }

    fn weekly_counts(&self) -> Vec<WeeklyCounts> {
        let horizon_rows = &self.horizons[Horizon::Hours24.index()];
        let times = &self.run.rows().time_s;
        let mut weeks: BTreeMap<i64, WeeklyCounts> = BTreeMap::new();
        let probabilities = horizon_rows.probabilities(&self.outputs.model);
        for ((&row, &positive), probability) in
            horizon_rows.rows.iter().zip(&horizon_rows.positives).zip(probabilities)
        {
            let start_s = times[row].div_euclid(WEEK_S) * WEEK_S;
            let from = DateTime::from_timestamp(start_s, 0).unwrap_or_default();
            let empty = WeeklyCounts { from, rows: 0, positives: 0, expected: 0.0 };
            let week = weeks.entry(start_s).or_insert(empty);
            week.rows += 1;
            week.positives += usize::from(positive);
            week.expected += probability;
        }
        weeks.into_values().collect()
    }

    fn warnings_and_crashes(&self) -> (WarningScores, Vec<WindowScores>, WindowScores) {
        let rows = self.run.rows();
        let day = horizon_column(Horizon::Hours24);
        let scores = |forecasts: &Forecasts| forecasts.liquidated.column(day).to_vec();
        let health = rows.health_factor.iter().map(|health| -health).collect();
        let rules = [
            AlarmRule::new("model", scores(&self.outputs.model), |score| score),
            AlarmRule::new("first_passage", scores(&self.outputs.first_passage), |score| score),
            AlarmRule::new("health_factor", health, |score| -score),
        ];
        let evaluator = AlarmEvaluator::new(rows, &self.episodes, &self.plan.resampling);
        let warned_episodes_s: Vec<Vec<i64>> = self
            .plan
            .thresholds
            .iter()
            .map(|threshold| evaluator.warned_episodes_s(&rules[0], *threshold))
            .collect();
        let crashes = crash_windows(rows, &self.episodes, self.plan.max_crash_windows);
        let in_any = |time_s: i64| crashes.iter().any(|crash| crash.contains(time_s));
        let calm = self.window_scores(|time_s| !in_any(time_s), &warned_episodes_s);
        let crash_scores = crashes.iter().map(|crash| WindowScores {
            crash: Some(crash.clone()),
            ..self.window_scores(|time_s| crash.contains(time_s), &warned_episodes_s)
        });
        let warnings = evaluator.score(&rules, &self.plan.thresholds);
        (warnings, crash_scores.collect(), calm)
    }

    fn window_scores(
        &self,
        contains: impl Fn(i64) -> bool,
        warned_episodes_s: &[Vec<i64>],
    ) -> WindowScores {
        let times = &self.run.rows().time_s;
        let keep = |row: usize| contains(times[row]);
        let ForecasterOutputs { model, first_passage, .. } = &self.outputs;
        WindowScores {
            crash: None,
            rows: times.iter().filter(|time_s| contains(**time_s)).count(),
            day: self.horizon_scores(Horizon::Hours24, model, keep),
            week: self.horizon_scores(Horizon::Days7, model, keep),
            first_passage_day: self.horizon_scores(Horizon::Hours24, first_passage, keep),
            first_passage_week: self.horizon_scores(Horizon::Days7, first_passage, keep),
            episodes: self.episodes.iter().filter(|e| contains(e.start_s)).count(),
            warned: warned_episodes_s
                .iter()
                .map(|s| s.iter().filter(|s| contains(**s)).count())
                .collect(),
        }
    }
}
