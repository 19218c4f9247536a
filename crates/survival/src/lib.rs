//! Survival learned from any table of covariates, durations and causes, with competing risks.
//!
//! Rows last for a while and end by one of several causes, or are censored; they may come under
//! observation late. The model is an ensemble of piecewise exponential neural networks
//! ([`plimsoll_tabm`]) and gradient-boosted trees ([`plimsoll_trees`]) for hazards and for the
//! incidence at any horizon, fitted on inner folds, weighed and calibrated on the rows held out. It
//! predicts survival and the cumulative incidence of each cause.
//!
//! * [`read_table`] reads a CSV file with the columns `duration` and `event`, and perhaps `entry`.
//! * [`SurvivalModel`] is fitted to rows of a [`SurvivalTable`] and forecasts [`SurvivalCurves`].
//! * [`SurvivalScores`] scores curves, also by cause: concordance, integrated Brier score, log loss,
//!   calibration.
//! * [`Benchmark`] runs all of it by fold; see `examples/public_benchmark.rs`.
//!
//! ```
//! use plimsoll_survival::{
//!     Covariate, CovariateValues, SurvivalError, SurvivalModel, SurvivalOptions, SurvivalTable,
//! };
//!
//! # fn main() -> Result<(), SurvivalError> {
//! // Patients above 50 have a higher hazard; cause 0 is censored.
//! let ages: Vec<f64> = (0..60).map(|row| 30.0 + f64::from(row * 7 % 41)).collect();
//! let durations = ages.iter().map(|age| if *age > 50.0 { 3.0 } else { 8.0 }).collect();
//! let table = SurvivalTable {
//!     covariates: vec![Covariate {
//!         name: "age".to_owned(),
//!         values: CovariateValues::Numeric(ages),
//!     }],
//!     durations,
//!     causes: (0..60).map(|row| u8::from(row % 5 > 0)).collect(),
//!     entries: None,
//! };
//! let train: Vec<usize> = (0..50).collect();
//! let model = SurvivalModel::fit(&table, &train, &SurvivalOptions { seed: 1 })?;
//! let curves = model.forecast(&table, &[50, 51])?;
//! let (survival, incidence) = (curves.survival_at(0, 4.0), curves.incidence_at(0, 1, 4.0));
//! assert!((survival + incidence - 1.0).abs() < 1e-9);
//! # Ok(())
//! # }
//! ```

mod benchmark;
mod calibration;
mod curves;
mod data;
mod encoding;
mod error;
mod hazard;
mod learner;
mod models;
mod prediction_times;

pub use benchmark::Benchmark;
pub use benchmark::cause_scores::{CauseScores, CauseTimeScores};
pub use benchmark::outcomes::SurvivalOutcomes;
pub use benchmark::report::{BenchmarkReport, FoldScores};
pub use benchmark::scores::{RefusedScore, SurvivalScores, refused_scores};
pub use curves::SurvivalCurves;
pub use data::csv::read_table;
pub use data::table::{Covariate, CovariateValues, SurvivalTable};
pub use error::SurvivalError;
pub use learner::{SurvivalModel, SurvivalOptions};
