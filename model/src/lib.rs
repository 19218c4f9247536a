//! From observations to time-to-liquidation forecasts: the net, its training and its judgement.
//!
//! Each account at each landmark has, in each interval of a time grid, three ways to go: stay
//! open, be liquidated, be closed by its owner. [`train`] fits a net that corrects the odds of
//! first passage by what owners do; [`Model::forecast`] adds them up to cumulative incidences;
//! [`evaluate`] holds those against what happened later, beside the baselines.

mod anchor;
mod baselines;
mod dataset;
mod error;
mod evaluate;
mod evaluation;
mod folds;
mod forecast;
mod grid;
mod init;
mod inputs;
mod loss;
mod manifest;
pub mod metrics;
mod model;
mod net;
mod optimise;
mod scaler;
mod train;
mod truth;

pub use error::ModelError;
pub use evaluate::evaluate;
pub use evaluation::{Baseline, Evaluation, Events, HorizonScores, Span};
pub use forecast::{Forecasts, forecast_rows, interpolate};
pub use grid::{INTERVALS, edges_days, intervals_until};
pub use manifest::{Incidence, Manifest, Training};
pub use model::Model;
pub use net::NetConfig;
pub use train::{Progress, TrainOptions, train};
