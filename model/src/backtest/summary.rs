//! The figures of a backtest.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::bootstrap::{BlockBootstrap, ConfidenceInterval};
use super::calibration::CalibrationCurve;
use super::crashes::CrashWindow;
use super::horizons::{ScoreDifferences, ScoreIntervals};
use super::incidence::IncidenceCurves;
use crate::backtest::alarms::scores::WarningScores;
use crate::evaluation::report::{EventCounts, ForecastScores, HorizonScores};
use crate::forecast::manifest::TrainingSummary;

/// All figures of a backtest.
#[derive(Debug, Clone, Serialize)]
pub struct BacktestSummary {
    /// Version of the program.
    pub version: &'static str,
    /// First landmark.
    pub from: DateTime<Utc>,
    /// Last landmark.
    pub to: DateTime<Utc>,
    /// Nothing later was known when the forecasts were judged.
    pub known_until: DateTime<Utc>,
    /// Landmarks of the grid.
    pub rows: usize,
    /// Accounts.
    pub accounts: usize,
    /// Landmarks by what followed, whenever it did.
    pub events: EventCounts,
    /// Accounts that were liquidated.
    pub liquidated_accounts: usize,
    /// Liquidation episodes: what befell one account within a day is one.
    pub episodes: usize,
    /// Seed of training.
    pub seed: u64,
    /// How intervals came about.
    pub resampling: BlockBootstrap,
    /// Folds, in order of time.
    pub folds: Vec<FoldScores>,
    /// The model, then the baselines.
    pub forecasters: Vec<ForecasterScores>,
    /// By how much the model is ahead of first passage, by horizon.
    pub model_minus_first_passage: Vec<(&'static str, ScoreDifferences)>,
    /// Calibration of the model and of first passage.
    pub calibration: Vec<ForecasterCalibration>,
    /// Mean forecast incidence of the model beside what was observed: all landmarks, then strata of
    /// health factor.
    pub incidence: Vec<IncidenceCurves>,
    /// Expected beside seen, week by week.
    pub weeks: Vec<WeeklyCounts>,
    /// Crash windows in order of time.
    pub crashes: Vec<WindowScores>,
    /// The landmarks outside of them.
    pub calm: WindowScores,
    /// Quality of warnings.
    pub warnings: WarningScores,
}

/// Landmarks of seven days, followed up for 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WeeklyCounts {
    /// First day.
    pub from: DateTime<Utc>,
    /// Landmarks.
    pub rows: usize,
    /// Those that were liquidated within 24 hours.
    pub positives: usize,
    /// How many the model expected.
    pub expected: f64,
}

/// One fold: its training and how its forecasts fared.
#[derive(Debug, Clone, Serialize)]
pub struct FoldScores {
    /// Nothing from here on was known in training.
    pub until: DateTime<Utc>,
    /// Judged landmarks lie before this time.
    pub to: DateTime<Utc>,
    /// What the model was trained on.
    pub training: TrainingSummary,
    /// The model within 24 hours.
    pub day: HorizonScores,
    /// The model within 7 days.
    pub week: HorizonScores,
    /// First passage within 24 hours.
    pub first_passage_day: HorizonScores,
}

/// One forecaster's scores.
#[derive(Debug, Clone, Serialize)]
pub struct ForecasterScores {
    /// `model`, `first_passage`, `training_rate` or `kaplan_meier`.
    pub name: &'static str,
    /// Its scores.
    #[serde(flatten)]
    pub scores: ForecastScores,
    /// ScoreIntervals by horizon; none for the constants.
    pub intervals: Vec<HorizonIntervals>,
    /// Of the integrated Brier score, by blocks of time.
    pub ibs_interval: Option<ConfidenceInterval>,
    /// Of the right-censored log loss, by blocks of time.
    pub rcll_interval: Option<ConfidenceInterval>,
}

/// ScoreIntervals of one horizon.
#[derive(Debug, Clone, Serialize)]
pub struct HorizonIntervals {
    /// The horizon.
    pub horizon: &'static str,
    /// Days in a block of time.
    pub block_days: u32,
    /// Blocks of time.
    pub blocks: usize,
    /// Drawing whole blocks of time.
    pub by_time: ScoreIntervals,
    /// Drawing whole accounts.
    pub by_account: ScoreIntervals,
}

/// One forecaster's calibration.
#[derive(Debug, Clone, Serialize)]
pub struct ForecasterCalibration {
    /// `model` or `first_passage`.
    pub name: &'static str,
    /// Curves by horizon.
    pub curves: Vec<CalibrationCurve>,
}

/// Scores in a window of time.
#[derive(Debug, Clone, Serialize)]
pub struct WindowScores {
    /// The window; absent for what lies outside of all.
    pub crash: Option<CrashWindow>,
    /// Landmarks.
    pub rows: usize,
    /// The model within 24 hours.
    pub day: HorizonScores,
    /// The model within 7 days.
    pub week: HorizonScores,
    /// First passage within 24 hours.
    pub first_passage_day: HorizonScores,
    /// First passage within 7 days.
    pub first_passage_week: HorizonScores,
    /// Liquidation episodes that began in it.
    pub episodes: usize,
    /// Those that the model had warned of, at each threshold.
    pub warned: Vec<usize>,
}
