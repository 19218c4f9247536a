//! Backtests: train on what was known, forecast what followed, move on, and score all forecasts.

mod ablation;
mod alarms;
pub(crate) mod bootstrap;
mod calibration;
mod crashes;
mod folds;
mod forecaster_scorer;
pub(crate) mod horizons;
mod incidence;
mod outputs;
mod plan;
mod scorer;
mod summary;
mod walk_forward;

pub use ablation::{AblationScores, score_ablation};
pub use alarms::alerts::{AlertEvaluator, AlertScores};
pub use alarms::scores::{Estimate, RecallCurve, WarningQuality};
pub use bootstrap::{BlockBootstrap, ConfidenceInterval};
pub use calibration::{CalibrationBinEstimate, CalibrationCurve};
pub use horizons::{ScoreDifferences, ScoreIntervals};
pub use incidence::{IncidenceCurve, IncidenceCurves};
pub use plan::{BacktestPlan, FoldSchedule};
pub use scorer::score_backtest;
pub use summary::{
    BacktestSummary, FoldScores, ForecasterCalibration, ForecasterScores, WeeklyCounts,
    WindowScores,
};
pub use walk_forward::{WalkForward, evaluate_fixed, walk_forward};
