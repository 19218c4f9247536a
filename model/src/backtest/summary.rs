//! The figures of a backtest.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use plimsoll_lake::Horizon;
use serde::{Deserialize, Serialize};

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
    /// End of the outcomes that the evaluation uses.
    pub known_until: DateTime<Utc>,
    /// Number of landmarks of the grid.
    pub rows: usize,
    /// Number of accounts.
    pub accounts: usize,
    /// Landmarks by the event that followed, at any time.
    pub events: EventCounts,
    /// Number of liquidated accounts.
    pub liquidated_accounts: usize,
    /// Number of liquidation episodes; liquidations of one account within a day are one episode.
    pub episodes: usize,
    /// Seed of training.
    pub seed: u64,
    /// Options of the bootstrap.
    pub resampling: BlockBootstrap,
    /// Folds, in order of time.
    pub folds: Vec<FoldScores>,
    /// The model, then the baselines.
    pub forecasters: Vec<ForecasterScores>,
    /// Scores of the model minus those of first passage, by horizon.
    pub model_minus_first_passage: Vec<(Horizon, ScoreDifferences)>,
    /// Calibration of the model and of first passage.
    pub calibration: Vec<ForecasterCalibration>,
    /// Mean forecast incidence of the model beside the observed incidence: all landmarks, then
    /// strata of health factor.
    pub incidence: Vec<IncidenceCurves>,
    /// Expected and observed liquidations, week by week.
    pub weeks: Vec<WeeklyCounts>,
    /// Crash windows in order of time.
    pub crashes: Vec<WindowScores>,
    /// Scores outside of the crash windows.
    pub calm: WindowScores,
    /// Quality of warnings.
    pub warnings: WarningScores,
}

/// Landmarks of seven days, with follow-up for 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WeeklyCounts {
    /// First day.
    pub from: DateTime<Utc>,
    /// Number of landmarks.
    pub rows: usize,
    /// Number of landmarks liquidated within 24 hours.
    pub positives: usize,
    /// Number that the model expected.
    pub expected: f64,
}

/// One fold: its training and the scores of its forecasts.
#[derive(Debug, Clone, Serialize)]
pub struct FoldScores {
    /// End of the training data, exclusive.
    pub until: DateTime<Utc>,
    /// End of the evaluated landmarks, exclusive.
    pub to: DateTime<Utc>,
    /// Summary of the training.
    pub training: TrainingSummary,
    /// Scores of the model within 24 hours.
    pub day: HorizonScores,
    /// Scores of the model within 7 days.
    pub week: HorizonScores,
    /// Scores of first passage within 24 hours.
    pub first_passage_day: HorizonScores,
}

/// Scores of one forecaster.
#[derive(Debug, Clone, Serialize)]
pub struct ForecasterScores {
    /// `model`, `first_passage`, `training_rate` or `kaplan_meier`.
    pub name: &'static str,
    /// The scores.
    #[serde(flatten)]
    pub scores: ForecastScores,
    /// Confidence intervals by horizon; none for constant forecasters.
    pub intervals: Vec<HorizonIntervals>,
    /// Interval of the integrated Brier score, by blocks of time.
    pub ibs_interval: Option<ConfidenceInterval>,
    /// Interval of the right-censored log loss, by blocks of time.
    pub rcll_interval: Option<ConfidenceInterval>,
}

/// Confidence intervals of one horizon.
#[derive(Debug, Clone, Serialize)]
pub struct HorizonIntervals {
    /// The horizon.
    pub horizon: Horizon,
    /// Days per time block.
    pub block_days: u32,
    /// Number of time blocks.
    pub blocks: usize,
    /// Intervals from drawing whole time blocks.
    pub by_time: ScoreIntervals,
    /// Intervals from drawing whole accounts.
    pub by_account: ScoreIntervals,
}

/// Calibration of one forecaster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecasterCalibration {
    /// `model` or `first_passage`.
    pub name: Cow<'static, str>,
    /// Curves by horizon.
    pub curves: Vec<CalibrationCurve>,
}

/// Scores in a time window.
#[derive(Debug, Clone, Serialize)]
pub struct WindowScores {
    /// The crash window; absent for the time outside of all windows.
    pub crash: Option<CrashWindow>,
    /// Number of landmarks.
    pub rows: usize,
    /// Scores of the model within 24 hours.
    pub day: HorizonScores,
    /// Scores of the model within 7 days.
    pub week: HorizonScores,
    /// Scores of first passage within 24 hours.
    pub first_passage_day: HorizonScores,
    /// Scores of first passage within 7 days.
    pub first_passage_week: HorizonScores,
    /// Number of liquidation episodes that started in the window.
    pub episodes: usize,
    /// Number of these episodes that the model warned of, at each threshold.
    pub warned: Vec<usize>,
}
