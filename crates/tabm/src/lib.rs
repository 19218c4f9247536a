//! A parameter-efficient ensemble of multilayer perceptrons: shared weights, scaled by each member.
//!
//! TabM (Gorishniy et al. 2024, arXiv 2410.24210) on BatchEnsemble (Wen et al. 2020, arXiv
//! 2002.06715): a member's weights are the shared ones times a scale for each input and each output.
//! The scales are multiplied into the weights rather than into the activations: that is the same
//! map, and costs per step what depends on the net's size and not on the rows'.

mod activation;
mod adamw;
mod initial;
mod parameters;
mod product;
mod scaled;
mod scaler;

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use activation::BiasReluDropout;
pub use adamw::{AdamW, AdamWOptions};
pub use initial::initialise;
pub use initial::{BIAS, HEADS, INPUT_SCALE, OFFSETS, OUTPUT_SCALE, WEIGHT};
pub use parameters::{FlatParameters, named_variables};
use product::member_matmul;
use scaled::ScaledWeights;
pub use scaled::contiguous_slice;
pub use scaler::QuantileTransformer;

/// What is added to the ensemble's outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipConnection {
    /// Nothing.
    #[default]
    None,
    /// A linear map of the inputs, the same for all members.
    Linear,
}

/// The block's shape.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TabmConfig {
    /// Inputs.
    pub inputs: usize,
    /// Width of the hidden layers.
    pub hidden: usize,
    /// Hidden layers.
    pub layers: usize,
    /// Members of the ensemble.
    pub members: usize,
    /// Outputs of each member.
    pub outputs: usize,
    /// Share of hidden activations that are dropped in training.
    pub dropout: f64,
    /// What is added to the outputs.
    pub skip: SkipConnection,
}

/// Whether a pass is part of training.
#[derive(Debug)]
pub enum ForwardMode<'a> {
    /// Activations are dropped at random.
    Training(&'a mut ChaCha8Rng),
    /// Nothing is.
    Inference,
}

/// The block.
#[derive(Debug, Clone)]
pub struct Tabm {
    config: TabmConfig,
    layers: Vec<BatchEnsembleLayer>,
    /// Members by hidden by outputs.
    heads: Tensor,
    /// Members by one by outputs.
    offsets: Tensor,
    /// Inputs by outputs.
    skip: Option<Tensor>,
}

/// A hidden layer.
#[derive(Debug, Clone)]
struct BatchEnsembleLayer {
    /// Inputs by outputs.
    weight: Tensor,
    /// Members by inputs.
    input_scale: Tensor,
    /// Members by outputs.
    output_scale: Tensor,
    /// Members by outputs.
    bias: Tensor,
}

impl Tabm {
    /// Builds the block on the variables of `vb`; [`initialise`] gives them their first values.
    ///
    /// # Errors
    /// If a variable is there already in another shape.
    pub fn new(config: &TabmConfig, vb: &VarBuilder<'_>) -> Result<Self> {
        let TabmConfig { inputs, hidden, layers, members, outputs, skip, .. } = *config;
        let width = |layer| if layer == 0 { inputs } else { hidden };
        let layer =
            |n| BatchEnsembleLayer::new(width(n), hidden, members, &vb.pp(format!("layer_{n}")));
        Ok(Self {
            config: *config,
            layers: (0..layers).map(layer).collect::<Result<_>>()?,
            heads: vb.get((members, width(layers), outputs), initial::HEADS)?,
            offsets: vb.get((members, 1, outputs), initial::OFFSETS)?,
            skip: match skip {
                SkipConnection::None => None,
                SkipConnection::Linear => Some(vb.get((inputs, outputs), initial::SKIP)?),
            },
        })
    }

    pub const fn config(&self) -> &TabmConfig {
        &self.config
    }

    /// From rows by inputs to rows by members by outputs.
    ///
    /// The result is a view on members by rows by outputs, which `transpose(0, 1)` gives back.
    ///
    /// # Errors
    /// If `x` has other inputs.
    pub fn forward(&self, x: &Tensor, mut pass: ForwardMode<'_>) -> Result<Tensor> {
        let mut hidden = x.clone();
        for layer in &self.layers {
            hidden = layer.forward(&hidden, self.config.dropout, &mut pass)?;
        }
        let mut out = member_matmul(&hidden, &self.heads)?.broadcast_add(&self.offsets)?;
        if let Some(skip) = &self.skip {
            out = out.broadcast_add(&x.matmul(skip)?.unsqueeze(0)?)?;
        }
        out.transpose(0, 1)
    }

    /// The same as members by rows by outputs, without dropout and of candle's own operations,
    /// which run on any device.
    pub fn forward_composed(&self, x: &Tensor) -> Result<Tensor> {
        let mut hidden = x.clone();
        for layer in &self.layers {
            hidden = layer.forward_composed(&hidden)?;
        }
        let out = hidden.broadcast_matmul(&self.heads)?.broadcast_add(&self.offsets)?;
        match &self.skip {
            Some(skip) => out.broadcast_add(&x.matmul(skip)?.unsqueeze(0)?),
            None => Ok(out),
        }
    }
}

impl BatchEnsembleLayer {
    fn new(inputs: usize, outputs: usize, members: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            weight: vb.get((inputs, outputs), initial::WEIGHT)?,
            input_scale: vb.get((members, inputs), initial::INPUT_SCALE)?,
            output_scale: vb.get((members, outputs), initial::OUTPUT_SCALE)?,
            bias: vb.get((members, outputs), initial::BIAS)?,
        })
    }

    /// From rows by inputs, of each member or of all, to members by rows by outputs.
    fn forward(&self, x: &Tensor, dropout: f64, pass: &mut ForwardMode<'_>) -> Result<Tensor> {
        let weights =
            self.weight.apply_op3(&self.input_scale, &self.output_scale, ScaledWeights)?;
        let linear = member_matmul(x, &weights)?;
        let activation = match pass {
            ForwardMode::Training(rng) => {
                BiasReluDropout::with_dropout(dropout, linear.elem_count(), rng)
            }
            ForwardMode::Inference => BiasReluDropout::without_dropout(),
        };
        linear.apply_op2(&self.bias, activation)
    }

    /// The same of candle's own operations.
    fn forward_composed(&self, x: &Tensor) -> Result<Tensor> {
        let scales =
            self.input_scale.unsqueeze(2)?.broadcast_mul(&self.output_scale.unsqueeze(1)?)?;
        let weights = scales.broadcast_mul(&self.weight)?;
        x.broadcast_matmul(&weights)?.broadcast_add(&self.bias.unsqueeze(1)?)?.relu()
    }
}

#[cfg(test)]
mod tests;
