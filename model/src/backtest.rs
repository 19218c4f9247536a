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

pub use ablated::{Ablated, ablated};
pub use calibration::{Bin, CalibrationCurve};
pub use crashes::Crash;
pub use heard::{Heard, Hearing};
pub use horizons::{Ahead, ScoreIntervals};
pub use incidence::{IncidenceCurve, IncidenceCurves};
pub use judgement::backtest;
pub use plan::{BacktestPlan, Folds};
pub use resampling::{Interval, Resampling};
pub use summary::{
    Backtest, Calibrated, CrashScores, FoldScores, Forecaster, HorizonIntervals, Week,
};
pub use walk::{Step, Walk, walk_forward, walk_on};
pub use warnings::{Figure, Trade, WarningQuality, Warnings};
