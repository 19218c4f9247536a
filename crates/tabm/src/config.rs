//! The shape of a block, and how it is evaluated.

use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// A path from the inputs to the outputs past the hidden layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipConnection {
    /// No such path.
    #[default]
    None,
    /// A linear map of the inputs, shared by all members.
    Linear,
}

/// The shape of a [`Tabm`](crate::Tabm) block.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TabmConfig {
    /// Number of inputs.
    pub inputs: usize,
    /// Width of the hidden layers.
    pub hidden: usize,
    /// Number of hidden layers.
    pub layers: usize,
    /// Number of ensemble members.
    pub members: usize,
    /// Number of outputs of each member.
    pub outputs: usize,
    /// Share of hidden activations dropped in training.
    pub dropout: f64,
    /// The skip connection.
    pub skip: SkipConnection,
}

/// Whether a forward pass is part of training.
#[derive(Debug)]
pub enum ForwardMode<'a> {
    /// Activations are dropped at random, drawn from this generator.
    Training(&'a mut ChaCha8Rng),
    /// Without dropout.
    Inference,
}
