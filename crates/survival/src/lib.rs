//! Survival learnt from any table of features, durations and causes.
//!
//! What the model of loans does for positions, without anything that is about loans: rows last for
//! a while, and end by one of several causes or are lost from sight. [`read_table`] reads a CSV
//! file, [`SurvivalModel`] learns and forecasts, [`Benchmark`] does so fold by fold and scores it.

mod benchmark;
mod calibration;
mod clock;
mod curves;
mod encoder;
mod error;
mod forests;
mod hazards;
mod learner;
mod likelihood;
mod net;
mod periods;
mod read;
mod scores;
mod sources;
mod splits;
mod table;
mod times;

pub use benchmark::Benchmark;
pub use curves::SurvivalCurves;
pub use error::SurvivalError;
pub use learner::{SurvivalModel, SurvivalOptions};
pub use read::read_table;
pub use scores::{SurvivalOutcomes, SurvivalScores};
pub use table::{Covariate, CovariateValues, SurvivalTable};
