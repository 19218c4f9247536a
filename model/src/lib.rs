//! From observations to time-to-liquidation forecasts: the net, its training and its judgement.
//!
//! Each account at each landmark has, in each interval of a time grid, three ways to go: stay
//! open, be liquidated, be closed by its owner. [`train`] fits a net that corrects the odds of
//! first passage by what owners do; [`Model::forecast`] adds them up to cumulative incidences;
//! [`evaluate`] holds those against what happened later, beside the baselines, as
//! [`evaluate_forecasts`] does with forecasts of any origin; [`agreement`] holds them against the
//! truth where that is known; [`walk_forward`] trains again and again as time goes on, and
//! [`backtest`] judges what those models said of what they had not seen.

mod ablation;
mod agreement;
mod anchor;
mod attribution;
mod backtest;
mod baselines;
mod covariates;
mod dataset;
mod doubt;
mod drill;
mod driver;
mod ensemble;
mod error;
mod evaluate;
mod evaluation;
mod folds;
mod forecast;
mod gradient;
mod graph;
mod grid;
mod independent;
mod init;
mod inputs;
mod judge;
mod loss;
mod manifest;
mod matching;
mod members;
mod model;
mod net;
mod optimise;
mod panel;
mod plain;
mod range;
mod rows;
mod scorer;
mod tilt;
mod train;
mod truth;

pub use ablation::Ablation;
pub use agreement::{Agreement, agreement};
pub use attribution::Attribution;
pub use backtest::{
    AblationScores, AlertEvaluator, AlertScores, BacktestPlan, BacktestSummary, BlockBootstrap,
    CalibrationBin, CalibrationCurve, ConfidenceInterval, CrashWindow, Estimate, FoldSchedule,
    FoldScores, ForecasterCalibration, ForecasterScores, HorizonIntervals, IncidenceCurve,
    IncidenceCurves, RecallCurve, ScoreDifferences, ScoreIntervals, WalkForward,
    WalkForwardProgress, WarningQuality, WarningScores, WeeklyCounts, WindowScores, evaluate_fixed,
    score_ablation, score_backtest, walk_forward,
};
pub use baselines::first_passage_baseline;
pub use drill::TrainingBenchmark;
pub use driver::Driver;
pub use error::ModelError;
pub use evaluate::{evaluate, evaluate_forecast_rows};
pub use evaluation::{
    Evaluation, EventCounts, ForecastScores, HorizonScores, SkippedForecasts, TimeRange,
};
pub use forecast::{Forecasts, PredictionIntervals, interpolate_incidence};
pub use grid::{INTERVALS, edges_days, intervals_until};
pub use independent::{non_overlapping_landmarks, one_row_per_group};
pub use judge::evaluate_forecasts;
pub use manifest::{BaseIncidence, Manifest, TrainingSummary};
pub use model::Model;
pub use net::NetConfig;
pub use rows::forecast_rows;
pub use train::{Progress, TrainOptions, train};
