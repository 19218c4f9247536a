//! The net: log odds of liquidation and of closing in each interval, against staying open.

use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module, VarBuilder, linear};
use serde::{Deserialize, Serialize};

use crate::grid::INTERVALS;

/// The net's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetConfig {
    /// Features in.
    pub features: usize,
    /// Width of both hidden layers.
    pub hidden: usize,
}

/// A multilayer perceptron on top of the first-passage anchor.
///
/// The log odds of liquidation in interval `k` are `alpha_k + beta_k a_k + f_k(x)`, with `a_k` the
/// log odds of first passage; those of closing are `gamma_k + g_k(x)`. Both heads start at zero,
/// so that training starts from first passage, and stays near it where data is thin.
#[derive(Debug, Clone)]
pub(crate) struct Net {
    first: Linear,
    second: Linear,
    liquidated: Linear,
    closed: Linear,
    beta: Tensor,
}

impl Net {
    /// Builds the net on the variables of `vb`.
    pub(crate) fn new(config: &NetConfig, vb: &VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            first: linear(config.features, config.hidden, vb.pp("first"))?,
            second: linear(config.hidden, config.hidden, vb.pp("second"))?,
            liquidated: linear(config.hidden, INTERVALS, vb.pp("liquidated"))?,
            closed: linear(config.hidden, INTERVALS, vb.pp("closed"))?,
            beta: vb.get(INTERVALS, BETA)?,
        })
    }

    /// Log odds of liquidation and of closing, each rows by intervals.
    ///
    /// `scaled`: rows by features; `anchor`: rows by intervals.
    pub(crate) fn forward(&self, scaled: &Tensor, anchor: &Tensor) -> Result<(Tensor, Tensor)> {
        let hidden = self.first.forward(scaled)?.relu()?;
        let hidden = self.second.forward(&hidden)?.relu()?;
        let anchored = anchor.broadcast_mul(&self.beta)?;
        let liquidated = (self.liquidated.forward(&hidden)? + anchored)?;
        Ok((liquidated, self.closed.forward(&hidden)?))
    }
}

/// The anchor's slope in each interval.
pub(crate) const BETA: &str = "beta";
/// `alpha`: the bias of the liquidation head.
pub(crate) const ALPHA: &str = "liquidated.bias";
/// `gamma`: the bias of the closing head.
pub(crate) const GAMMA: &str = "closed.bias";
