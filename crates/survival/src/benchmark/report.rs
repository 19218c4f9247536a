//! The scores of all folds of a benchmark.

use serde::Serialize;

use crate::benchmark::scores::{RefusedScore, SurvivalScores};

/// The scores of all folds of a benchmark.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchmarkReport {
    /// Each fold in the order of the columns.
    pub folds: Vec<FoldScores>,
    /// The mean of each score over the folds in which it is defined.
    pub mean: SurvivalScores,
    /// Scores that are not defined for the table.
    pub refused: Vec<RefusedScore>,
}

/// The scores of one fold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FoldScores {
    /// The number in the name of its column.
    pub fold: u32,
    /// Its scores.
    pub scores: SurvivalScores,
}
