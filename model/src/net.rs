//! The net: log odds of liquidation and of closing in each interval, against staying open.

use candle_core::{Device, Result, Tensor};
use candle_nn::{Linear, Module, VarBuilder, linear};
use serde::{Deserialize, Serialize};

use crate::grid::{INTERVALS, edges_days};

/// Functions of time along which a correction may vary.
const BASIS: usize = 3;

/// The net's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetConfig {
    /// Features in.
    pub features: usize,
    /// Width of the hidden layers.
    pub hidden: usize,
}

/// Two multilayer perceptrons, one for each cause, on top of the first-passage anchor.
///
/// The log odds of liquidation in interval `k` are `alpha_k + beta_k a_k + f_k(x)`, with `a_k` the
/// log odds of first passage; those of closing are `gamma_k + g_k(x)`. Corrections vary smoothly
/// with the logarithm of time, since short intervals see too few events to learn from alone, and
/// start at zero, so that training starts from first passage and stays near it where data is thin.
#[derive(Debug, Clone)]
pub(crate) struct Net {
    liquidated: Correction,
    closed: Correction,
    alpha: Tensor,
    beta: Tensor,
    gamma: Tensor,
}

/// A correction of log odds: two hidden layers, and coefficients of [`BASIS`] functions of time.
#[derive(Debug, Clone)]
struct Correction {
    first: Linear,
    second: Linear,
    head: Linear,
    basis: Tensor,
}

impl Net {
    /// Builds the net on the variables of `vb`.
    pub(crate) fn new(config: &NetConfig, vb: &VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            liquidated: Correction::new(config, &vb.pp("liquidated"))?,
            closed: Correction::new(config, &vb.pp("closed"))?,
            alpha: vb.get(INTERVALS, ALPHA)?,
            beta: vb.get(INTERVALS, BETA)?,
            gamma: vb.get(INTERVALS, GAMMA)?,
        })
    }

    /// Log odds of liquidation and of closing, each rows by intervals.
    ///
    /// `scaled`: rows by features; `anchor`: rows by intervals.
    pub(crate) fn forward(&self, scaled: &Tensor, anchor: &Tensor) -> Result<(Tensor, Tensor)> {
        let anchored = anchor.broadcast_mul(&self.beta)?.broadcast_add(&self.alpha)?;
        let liquidated = (anchored + self.liquidated.forward(scaled)?)?;
        let closed = self.closed.forward(scaled)?.broadcast_add(&self.gamma)?;
        Ok((liquidated, closed))
    }
}

impl Correction {
    fn new(config: &NetConfig, vb: &VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            first: linear(config.features, config.hidden, vb.pp("first"))?,
            second: linear(config.hidden, config.hidden, vb.pp("second"))?,
            head: linear(config.hidden, BASIS, vb.pp(HEAD))?,
            basis: basis()?,
        })
    }

    fn forward(&self, scaled: &Tensor) -> Result<Tensor> {
        let hidden = self.first.forward(scaled)?.relu()?;
        let hidden = self.second.forward(&hidden)?.relu()?;
        self.head.forward(&hidden)?.matmul(&self.basis)
    }
}

/// Legendre polynomials of the logarithm of each interval's end, [`BASIS`] by intervals.
fn basis() -> Result<Tensor> {
    let edges = edges_days();
    let (first, last) = (edges[1].ln(), edges[INTERVALS].ln());
    let place = |k: usize| (2.0 * (edges[k + 1].ln() - first) / (last - first) - 1.0) as f32;
    let polynomials: [fn(f32) -> f32; BASIS] = [|_| 1.0, |u| u, |u| 1.5 * u * u - 0.5];
    let values: Vec<f32> =
        polynomials.iter().flat_map(|p| (0..INTERVALS).map(|k| p(place(k)))).collect();
    Tensor::from_vec(values, (BASIS, INTERVALS), &Device::Cpu)
}

/// Each interval's log odds of liquidation where the anchor's are zero.
pub(crate) const ALPHA: &str = "alpha";
/// The anchor's slope in each interval.
pub(crate) const BETA: &str = "beta";
/// Each interval's log odds of closing.
pub(crate) const GAMMA: &str = "gamma";
/// The layer whose weights start at zero.
pub(crate) const HEAD: &str = "head";
