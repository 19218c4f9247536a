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
    Ablated, Ahead, Backtest, BacktestPlan, Bin, Calibrated, CalibrationCurve, Crash, CrashScores,
    Figure, FoldScores, Folds, Forecaster, Heard, Hearing, HorizonIntervals, IncidenceCurve,
    IncidenceCurves, Interval, Resampling, ScoreIntervals, Step, Trade, Walk, WarningQuality,
    Warnings, Week, ablated, backtest, walk_forward, walk_on,
};
pub use baselines::first_passage;
pub use drill::Drill;
pub use driver::Driver;
pub use error::ModelError;
pub use evaluate::{evaluate, evaluate_rows};
pub use evaluation::{Evaluation, Events, HorizonScores, PassedOver, Scores, Span};
pub use forecast::{Forecasts, Intervals, interpolate};
pub use grid::{INTERVALS, edges_days, intervals_until};
pub use independent::{horizon_apart, one_of_each};
pub use judge::evaluate_forecasts;
pub use manifest::{Incidence, Manifest, Training};
pub use model::Model;
pub use net::NetConfig;
pub use rows::forecast_rows;
pub use train::{Progress, TrainOptions, train};
