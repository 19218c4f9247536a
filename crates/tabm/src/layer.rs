//! One hidden layer: shared weights, scaled by each member.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use crate::config::ForwardMode;
use crate::ops::activation::BiasReluDropout;
use crate::ops::member_matmul::member_matmul;
use crate::ops::scaled_weights::ScaledWeights;
use crate::variable_names::{BIAS, INPUT_SCALE, OUTPUT_SCALE, WEIGHT};

/// A hidden layer.
#[derive(Debug, Clone)]
pub(crate) struct BatchEnsembleLayer {
    /// Inputs by outputs.
    weight: Tensor,
    /// Members by inputs.
    input_scale: Tensor,
    /// Members by outputs.
    output_scale: Tensor,
    /// Members by outputs.
    bias: Tensor,
}

impl BatchEnsembleLayer {
    pub(crate) fn new(
        inputs: usize,
        outputs: usize,
        members: usize,
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        Ok(Self {
            weight: vb.get((inputs, outputs), WEIGHT)?,
            input_scale: vb.get((members, inputs), INPUT_SCALE)?,
            output_scale: vb.get((members, outputs), OUTPUT_SCALE)?,
            bias: vb.get((members, outputs), BIAS)?,
        })
    }

    /// From rows by inputs, with or without a leading member dimension, to members by rows by outputs.
    pub(crate) fn forward(
        &self,
        x: &Tensor,
        dropout: f64,
        mode: &mut ForwardMode<'_>,
    ) -> Result<Tensor> {
        let weights =
            self.weight.apply_op3(&self.input_scale, &self.output_scale, ScaledWeights)?;
        let linear = member_matmul(x, &weights)?;
        let activation = match mode {
            ForwardMode::Training(rng) => {
                BiasReluDropout::with_dropout(dropout, linear.elem_count(), rng)
            }
            ForwardMode::Inference => BiasReluDropout::without_dropout(),
        };
        linear.apply_op2(&self.bias, activation)
    }

    /// The same from candle's own operations, with an activation in place of the rectifier.
    pub(crate) fn forward_composed(
        &self,
        x: &Tensor,
        activation: &impl Fn(&Tensor) -> Result<Tensor>,
    ) -> Result<Tensor> {
        let scales =
            self.input_scale.unsqueeze(2)?.broadcast_mul(&self.output_scale.unsqueeze(1)?)?;
        let weights = scales.broadcast_mul(&self.weight)?;
        activation(&x.broadcast_matmul(&weights)?.broadcast_add(&self.bias.unsqueeze(1)?)?)
    }
}
