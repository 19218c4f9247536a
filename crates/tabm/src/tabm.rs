//! The block: hidden layers, a head for each member, and a skip connection.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use crate::config::{ForwardMode, SkipConnection, TabmConfig};
use crate::layer::BatchEnsembleLayer;
use crate::ops::member_matmul::member_matmul;
use crate::variable_names::{HEADS, OFFSETS, SKIP};

/// A TabM block: an ensemble of perceptrons with shared weights.
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

impl Tabm {
    /// Builds the block on the variables of `vb`; [`initialise`](crate::initialise) gives them their first values.
    ///
    /// # Errors
    /// If a variable is there already with another shape.
    pub fn new(config: &TabmConfig, vb: &VarBuilder<'_>) -> Result<Self> {
        let TabmConfig { inputs, hidden, layers, members, outputs, skip, .. } = *config;
        let width = |layer| if layer == 0 { inputs } else { hidden };
        let layer =
            |n| BatchEnsembleLayer::new(width(n), hidden, members, &vb.pp(format!("layer_{n}")));
        Ok(Self {
            config: *config,
            layers: (0..layers).map(layer).collect::<Result<_>>()?,
            heads: vb.get((members, width(layers), outputs), HEADS)?,
            offsets: vb.get((members, 1, outputs), OFFSETS)?,
            skip: match skip {
                SkipConnection::None => None,
                SkipConnection::Linear => Some(vb.get((inputs, outputs), SKIP)?),
            },
        })
    }

    /// The shape.
    #[must_use]
    pub const fn config(&self) -> &TabmConfig {
        &self.config
    }

    /// From rows by inputs to rows by members by outputs.
    ///
    /// The result is a view of members by rows by outputs, which `transpose(0, 1)` restores.
    ///
    /// # Errors
    /// If the width of `x` is not the number of inputs.
    pub fn forward(&self, x: &Tensor, mut mode: ForwardMode<'_>) -> Result<Tensor> {
        let mut hidden = x.clone();
        for layer in &self.layers {
            hidden = layer.forward(&hidden, self.config.dropout, &mut mode)?;
        }
        let mut out = member_matmul(&hidden, &self.heads)?.broadcast_add(&self.offsets)?;
        if let Some(skip) = &self.skip {
            out = out.broadcast_add(&x.matmul(skip)?.unsqueeze(0)?)?;
        }
        out.transpose(0, 1)
    }

    /// The same without dropout, from candle's own operations only, which run on any device; returns
    /// members by rows by outputs.
    ///
    /// # Errors
    /// If the width of `x` is not the number of inputs.
    pub fn forward_composed(&self, x: &Tensor) -> Result<Tensor> {
        self.forward_composed_with(x, Tensor::relu)
    }

    /// The same with another activation of the hidden layers than the rectifier; its argument is
    /// members by rows by hidden.
    ///
    /// # Errors
    /// If the width of `x` is not the number of inputs, and errors of the activation.
    pub fn forward_composed_with(
        &self,
        x: &Tensor,
        activation: impl Fn(&Tensor) -> Result<Tensor>,
    ) -> Result<Tensor> {
        let mut hidden = x.clone();
        for layer in &self.layers {
            hidden = layer.forward_composed(&hidden, &activation)?;
        }
        let out = hidden.broadcast_matmul(&self.heads)?.broadcast_add(&self.offsets)?;
        match &self.skip {
            Some(skip) => out.broadcast_add(&x.matmul(skip)?.unsqueeze(0)?),
            None => Ok(out),
        }
    }
}

#[cfg(test)]
mod tests;
