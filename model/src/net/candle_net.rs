//! The net's formula in candle operations: log odds of liquidation and of closing in each interval.

use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::config::{
    ALPHA, BASIS_COUNT, BETA, CLOSED, GAMMA, LAYERS, LIQUIDATED, NetConfig, basis_values,
};
use crate::input::grid::INTERVALS;
use plimsoll_tabm::{SkipConnection, Tabm, TabmConfig};

/// Two ensembles of multilayer perceptrons, one for each cause, on top of the first-passage anchor.
///
/// In interval `k`, a member's log odds of liquidation are `alpha_k + beta_k a_k + f_k(x)`, where
/// `a_k` are the log odds of first passage; those of closing are `gamma_k + g_k(x)`. The loss
/// ([`negative_log_likelihood`](super::loss::negative_log_likelihood)) defines the two hazards.
/// Corrections vary smoothly with the logarithm of time, because short intervals have too few events
/// to be estimated separately. They start at zero, so training starts from first passage and stays
/// near it where data is sparse.
///
/// Under the constraints of [`NonNegativeWeights`](super::non_negative::NonNegativeWeights) the log
/// odds of liquidation never fall in the first inputs and in the anchor.
#[derive(Debug, Clone)]
pub(crate) struct CandleNet {
    liquidated: Tabm,
    closed: Tabm,
    liquidation_inputs: usize,
    convex_units: usize,
    basis: Tensor,
    alpha: Tensor,
    beta: Tensor,
    gamma: Tensor,
}

impl CandleNet {
    /// Builds the net on the variables of `vb`.
    pub(crate) fn new(config: &NetConfig, vb: &VarBuilder<'_>) -> Result<Self> {
        let block = |inputs: usize| TabmConfig {
            inputs,
            hidden: config.hidden,
            layers: LAYERS,
            members: config.members,
            outputs: BASIS_COUNT,
            dropout: 0.0,
            skip: SkipConnection::None,
        };
        Ok(Self {
            liquidated: Tabm::new(&block(config.liquidation_inputs), &vb.pp(LIQUIDATED))?,
            closed: Tabm::new(&block(config.inputs), &vb.pp(CLOSED))?,
            liquidation_inputs: config.liquidation_inputs,
            convex_units: config.convex_units(),
            basis: basis(vb.device())?,
            alpha: vb.get(INTERVALS, ALPHA)?,
            beta: vb.get(INTERVALS, BETA)?,
            gamma: vb.get(INTERVALS, GAMMA)?,
        })
    }

    /// Log odds of liquidation and of closing, each members by rows by intervals.
    ///
    /// `scaled`: rows by inputs; `anchor`: rows by intervals.
    pub(crate) fn forward(&self, scaled: &Tensor, anchor: &Tensor) -> Result<(Tensor, Tensor)> {
        let anchored = anchor.broadcast_mul(&self.beta)?.broadcast_add(&self.alpha)?;
        let first = scaled.narrow(1, 0, self.liquidation_inputs)?.contiguous()?;
        let activation = |hidden: &Tensor| convex_and_concave(hidden, self.convex_units);
        let liquidated = self.liquidated.forward_composed_with(&first, activation)?;
        let closed = self.closed.forward_composed(scaled)?;
        let in_time = |coefficients: &Tensor| coefficients.broadcast_matmul(&self.basis);
        Ok((
            in_time(&liquidated)?.broadcast_add(&anchored)?,
            in_time(&closed)?.broadcast_add(&self.gamma)?,
        ))
    }
}

/// `max(0, x)` of the first `convex` columns of the last dimension, `min(0, x)` of the others.
pub(crate) fn convex_and_concave(x: &Tensor, convex: usize) -> Result<Tensor> {
    let (last, width) = (x.rank() - 1, x.dim(candle_core::D::Minus1)?);
    let above = x.narrow(last, 0, convex)?.relu()?;
    if convex == width {
        return Ok(above);
    }
    let below = x.narrow(last, convex, width - convex)?.neg()?.relu()?.neg()?;
    Tensor::cat(&[&above, &below], last)
}

fn basis(device: &Device) -> Result<Tensor> {
    Tensor::new(&basis_values(), device)
}
