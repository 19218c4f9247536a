//! How to train, and how training progresses.

use crate::input::ablation::Ablation;
use crate::input::net_inputs::{LIQUIDATION_INPUT_COUNT, NET_INPUTS};
use crate::net::config::NetConfig;

/// Fewer rows than this are no training set.
pub(crate) const MIN_ROWS: usize = 1_000;
/// Fewer rows with a liquidation ahead than this teach nothing about it.
pub(crate) const MIN_LIQUIDATED: usize = 20;
/// Both in words.
pub(crate) const MINIMUM_DATA: &str = "1,000 observations, 20 of them with a liquidation ahead";

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainOptions {
    /// Seed of everything random.
    pub seed: u64,
    /// Width of the net's hidden layers.
    pub hidden: usize,
    /// Members of the net's ensemble.
    pub members: usize,
    /// Most passes over the rows from which liquidation learns.
    pub epochs: usize,
    /// The same for closing.
    pub closing_epochs: usize,
    /// Rows in a step.
    pub batch: usize,
    /// Greatest learning rate.
    pub learning_rate: f64,
    /// AdamW's weight decay for liquidation. A weight that the data pushes one way all the time
    /// settles at its inverse, so this bounds how far the net may stray from first passage.
    pub weight_decay: f64,
    /// The same for closing, of which there is more to learn from.
    pub closing_weight_decay: f64,
    /// How much faster closing learns.
    pub closing_learning_rate_factor: f64,
    /// Blocks of time that are held out in turn.
    pub folds: usize,
    /// A part of the model to leave out.
    pub ablation: Option<Ablation>,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            hidden: 32,
            members: 8,
            epochs: 4,
            closing_epochs: 12,
            batch: 2_048,
            learning_rate: 5e-4,
            weight_decay: 3.0,
            closing_weight_decay: 0.1,
            closing_learning_rate_factor: 4.0,
            folds: 4,
            ablation: None,
        }
    }
}

impl TrainOptions {
    /// Passes until neither cause learns any more.
    pub(crate) fn max_epochs(&self) -> usize {
        self.epochs.max(self.closing_epochs)
    }
}

/// How training goes, for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Passes done, over all folds and the last fit.
    pub done: usize,
    /// Passes that there are at most.
    pub total: usize,
    /// Mean loss of a row in the pass just done, nats.
    pub loss: f64,
}

pub(crate) fn net_config(options: &TrainOptions) -> NetConfig {
    let alone = options.ablation == Some(Ablation::Ensemble);
    let members = if alone { 1 } else { options.members };
    NetConfig {
        inputs: NET_INPUTS.len(),
        liquidation_inputs: LIQUIDATION_INPUT_COUNT,
        hidden: options.hidden,
        members,
    }
}
