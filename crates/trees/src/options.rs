//! Options of a forest.

use serde::{Deserialize, Serialize};

/// The constraint on how a margin changes as an input rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Monotone {
    /// None.
    #[default]
    Free,
    /// The margin never falls.
    Rising,
    /// The margin never rises.
    Falling,
}

/// The options of a forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeOptions {
    /// Maximum number of trees.
    pub rounds: usize,
    /// Factor on the value of every leaf.
    pub learning_rate: f64,
    /// Maximum number of splits from root to leaf.
    pub depth: usize,
    /// Added to the hessian of a leaf, which shrinks its value towards zero.
    pub lambda: f64,
    /// Minimum hessian of a leaf; with a Poisson target, the expected number of events in it.
    pub min_child_weight: f64,
    /// Share of rows drawn for each tree.
    pub subsample: f64,
    /// Share of inputs drawn for each tree.
    pub colsample: f64,
    /// Maximum absolute value of a leaf before the learning rate.
    pub max_delta_step: Option<f64>,
    /// The constraint of each input; inputs past its end are free.
    pub monotone: Vec<Monotone>,
    /// Bins of an input without that of missing values; at most 254.
    pub bins: usize,
    /// Seed of the draws of rows and inputs.
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
    pub(crate) fn monotone(&self, input: usize) -> Monotone {
        self.monotone.get(input).copied().unwrap_or_default()
    }
}
