//! How a forest is grown.

use serde::{Deserialize, Serialize};

/// Which way a margin may move as an input rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Monotone {
    /// Either way.
    #[default]
    Free,
    /// Never down.
    Rising,
    /// Never up.
    Falling,
}

/// The options of a forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeOptions {
    /// Trees at most.
    pub rounds: usize,
    /// Share of a leaf's best value that is taken.
    pub learning_rate: f64,
    /// Splits from root to leaf, at most.
    pub depth: usize,
    /// Added to the curvature of a leaf, which holds its value towards zero.
    pub lambda: f64,
    /// Least curvature of a leaf: for counts, the events expected in it.
    pub min_child_weight: f64,
    /// Share of rows that each tree sees.
    pub subsample: f64,
    /// Share of inputs that each tree sees.
    pub colsample: f64,
    /// Greatest absolute value of a leaf before the learning rate.
    pub max_delta_step: Option<f64>,
    /// Which way margins may move with each input; inputs past its end are free.
    pub monotone: Vec<Monotone>,
    /// Bins of an input, unknown values aside; at most 254.
    pub bins: usize,
    /// Where the draws of rows and inputs start.
    pub seed: u64,
}

impl Default for TreeOptions {
    fn default() -> Self {
        Self {
            rounds: 200,
            learning_rate: 0.1,
            depth: 4,
            lambda: 1.0,
            min_child_weight: 1.0,
            subsample: 1.0,
            colsample: 1.0,
            max_delta_step: None,
            monotone: Vec::new(),
            bins: 64,
            seed: 0,
        }
    }
}

impl TreeOptions {
    pub(super) fn monotone(&self, input: usize) -> Monotone {
        self.monotone.get(input).copied().unwrap_or_default()
    }
}
