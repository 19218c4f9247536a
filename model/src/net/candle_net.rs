//! The net's formula in candle operations: log odds of liquidation and of closing in each interval,
//! relative to staying open.

use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::config::{ALPHA, BASIS_COUNT, BETA, CLOSED, GAMMA, LIQUIDATED, NetConfig, basis_values};
use crate::input::grid::INTERVALS;
use plimsoll_tabm::{SkipConnection, Tabm, TabmConfig};

/// Two ensembles of multilayer perceptrons, one for each cause, on top of the first-passage anchor.
///
/// In interval `k`, a member's log odds of liquidation are `alpha_k + beta_k a_k + f_k(x)`, where
/// `a_k` are the log odds of first passage; those of closing are `gamma_k + g_k(x)`. Corrections
/// vary smoothly with the logarithm of time, because short intervals have too few events to be
/// estimated separately. They start at zero, so training starts from first passage and stays near
/// it where data is sparse.
#[derive(Debug, Clone)]
pub(crate) struct CandleNet {
    liquidated: Tabm,
    closed: Tabm,
    liquidation_inputs: usize,
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
            layers: 2,
            members: config.members,
            outputs: BASIS_COUNT,
            dropout: 0.0,
            skip: SkipConnection::None,
        };
        Ok(Self {
            liquidated: Tabm::new(&block(config.liquidation_inputs), &vb.pp(LIQUIDATED))?,
            closed: Tabm::new(&block(config.inputs), &vb.pp(CLOSED))?,
            liquidation_inputs: config.liquidation_inputs,
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
        let liquidated = self.correction(&self.liquidated, &first)?.broadcast_add(&anchored)?;
        let closed = self.correction(&self.closed, scaled)?.broadcast_add(&self.gamma)?;
        Ok((liquidated, closed))
    }

    fn correction(&self, block: &Tabm, scaled: &Tensor) -> Result<Tensor> {
        block.forward_composed(scaled)?.broadcast_matmul(&self.basis)
    }
}

fn basis(device: &Device) -> Result<Tensor> {
    Tensor::new(&basis_values(), device)
}
