//! Backtests: train on what was known, forecast what followed, go on, and judge all of it.

mod ablated;
mod alarms;
mod calibration;
mod crashes;
mod cuts;
mod episodes;
mod heard;
mod horizons;
mod incidence;
mod judgement;
mod leads;
mod plan;
mod ranking;
mod resampling;
mod said;
mod summary;
mod walk;
mod warnings;
mod watchman;

pub use ablated::{AblationScores, score_ablation};
pub use calibration::{CalibrationBin, CalibrationCurve};
pub use crashes::CrashWindow;
pub use heard::{AlertEvaluator, AlertScores};
pub use horizons::{ScoreDifferences, ScoreIntervals};
pub use incidence::{IncidenceCurve, IncidenceCurves};
pub use judgement::score_backtest;
pub use plan::{BacktestPlan, FoldSchedule};
pub use resampling::{BlockBootstrap, ConfidenceInterval};
pub use summary::{
    BacktestSummary, FoldScores, ForecasterCalibration, ForecasterScores, HorizonIntervals,
    WeeklyCounts, WindowScores,
};
pub use walk::{WalkForward, WalkForwardProgress, evaluate_fixed, walk_forward};
pub use warnings::{Estimate, RecallCurve, WarningQuality, WarningScores};
