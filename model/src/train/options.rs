//! How to train, and how training progresses.

use crate::input::ablation::Ablation;
use crate::input::net_inputs::{LIQUIDATION_INPUT_COUNT, MONOTONE_INPUT_COUNT, NET_INPUTS};
use crate::net::config::NetConfig;

/// Minimum number of training rows.
pub(crate) const MIN_ROWS: usize = 1_000;
/// Minimum number of training rows that are followed by a liquidation.
pub(crate) const MIN_LIQUIDATED: usize = 20;
/// Both minimums, for messages.
pub(crate) const MINIMUM_DATA: &str = "1,000 observations, 20 of them followed by a liquidation";

/// Training options.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainOptions {
    /// Random seed.
    pub seed: u64,
    /// Width of the net's hidden layers.
    pub hidden: usize,
    /// Number of members of the net's ensemble.
    pub members: usize,
    /// Maximum number of epochs of the liquidation cause.
    pub epochs: usize,
    /// Maximum number of epochs of the closing cause.
    pub closing_epochs: usize,
    /// Rows per step.
    pub batch: usize,
    /// Maximum learning rate.
    pub learning_rate: f64,
    /// AdamW's weight decay of the liquidation cause. A weight with a constant gradient direction
    /// converges to the inverse of the decay, so this bounds the net's deviation from first
    /// passage.
    pub weight_decay: f64,
    /// Weight decay of the closing cause, which has more events.
    pub closing_weight_decay: f64,
    /// Learning rate of the closing cause relative to that of liquidation.
    pub closing_learning_rate_factor: f64,
    /// Number of bags of each pooled member.
    pub bags: usize,
    /// Number of time blocks for cross-validation.
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
            bags: 3,
            folds: 4,
            ablation: None,
        }
    }
}

impl TrainOptions {
    /// Number of epochs until both causes are trained.
    pub(crate) fn max_epochs(&self) -> usize {
        self.epochs.max(self.closing_epochs)
    }
}

/// Progress of training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Epochs done, over all folds and the final fit.
    pub done: usize,
    /// Maximum number of epochs in total.
    pub total: usize,
    /// Mean loss per row in the last epoch, nats.
    pub loss: f64,
}

pub(crate) fn net_config(options: &TrainOptions) -> NetConfig {
    NetConfig {
        inputs: NET_INPUTS.len(),
        liquidation_inputs: LIQUIDATION_INPUT_COUNT,
        monotone_inputs: MONOTONE_INPUT_COUNT,
        hidden: options.hidden,
        members: options.members,
    }
}
