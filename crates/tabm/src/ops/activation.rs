//! Bias, rectifier and dropout in one pass over the activations.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::storage::contiguous_slice;

/// Dropout probabilities are rounded to a multiple of one over this.
const DROPOUT_STEPS: f64 = 256.0;

/// `keep * max(x + bias, 0) / (1 - dropout)`, with `x` members by rows by outputs and `bias` members
/// by outputs.
pub(crate) struct BiasReluDropout {
    /// A value is kept if its draw is at least this.
    dropped_below: u8,
    /// One for each value; empty without dropout.
    draws: Vec<u8>,
    scale: f32,
}

impl BiasReluDropout {
    /// No dropout.
    pub(crate) const fn without_dropout() -> Self {
        Self { dropped_below: 0, draws: Vec::new(), scale: 1.0 }
    }

    /// Drops a share of `count` values, rounded to a 256th.
    pub(crate) fn with_dropout(share: f64, count: usize, rng: &mut ChaCha8Rng) -> Self {
        let parts = (share * DROPOUT_STEPS).round().clamp(0.0, DROPOUT_STEPS - 1.0);
        if parts == 0.0 {
            return Self::without_dropout();
        }
        let mut draws = vec![0; count];
        rng.fill_bytes(&mut draws);
        let scale = (DROPOUT_STEPS / (DROPOUT_STEPS - parts)) as f32;
        Self { dropped_below: parts as u8, draws, scale }
    }
}

impl CustomOp2 for BiasReluDropout {
    fn name(&self) -> &'static str {
        "bias-relu-dropout"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, bias) = (contiguous_slice(x, x_layout)?, contiguous_slice(bias, bias_layout)?);
        let (_, rows, outputs) = x_layout.shape().dims3()?;
        let mut out = vec![0.0_f32; x.len()];
        let size = (rows * outputs).max(1);
        let members = out.par_chunks_mut(size).zip(x.par_chunks(size));
        members.zip(bias.par_chunks(outputs)).for_each(|((out, x), bias)| {
            for (out, x) in out.chunks_exact_mut(outputs).zip(x.chunks_exact(outputs)) {
                let sums = x.iter().zip(bias).map(|(x, b)| (x + b).max(0.0) * self.scale);
                out.iter_mut().zip(sums).for_each(|(out, sum)| *out = sum);
            }
        });
        for (value, &draw) in out.iter_mut().zip(&self.draws) {
            *value = if draw < self.dropped_below { 0.0 } else { *value };
        }
        Ok((CpuStorage::F32(out), x_layout.shape().clone()))
    }

    /// An output of zero was rectified or dropped; its gradient is zero in both cases.
    fn bwd(
        &self,
        _x: &Tensor,
        _bias: &Tensor,
        out: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let flow =
            out.apply_op2_no_bwd(&gradient.contiguous()?, &ReluGradient { scale: self.scale })?;
        let bias = flow.apply_op1_no_bwd(&RowSums)?;
        Ok((Some(flow), Some(bias)))
    }
}

/// The gradient, scaled, where the output is positive; zero elsewhere.
struct ReluGradient {
    scale: f32,
}

impl CustomOp2 for ReluGradient {
    fn name(&self) -> &'static str {
        "relu-dropout-gradient"
    }

    fn cpu_fwd(
        &self,
        out: &CpuStorage,
        out_layout: &Layout,
        gradient: &CpuStorage,
        gradient_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (out, gradient) =
            (contiguous_slice(out, out_layout)?, contiguous_slice(gradient, gradient_layout)?);
        let values = out.iter().zip(gradient);
        let flow = values.map(|(&o, &g)| if o > 0.0 { g * self.scale } else { 0.0 }).collect();
        Ok((CpuStorage::F32(flow), out_layout.shape().clone()))
    }
}

/// Sums over rows: from members by rows by outputs to members by outputs.
struct RowSums;

impl CustomOp1 for RowSums {
    fn name(&self) -> &'static str {
        "row-sums"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (members, rows, outputs) = layout.shape().dims3()?;
        let mut sums = vec![0.0_f32; members * outputs];
        let values = contiguous_slice(x, layout)?.par_chunks((rows * outputs).max(1));
        sums.par_chunks_mut(outputs).zip(values).for_each(|(sums, x)| {
            for x in x.chunks_exact(outputs) {
                sums.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
            }
        });
        Ok((CpuStorage::F32(sums), Shape::from((members, outputs))))
    }
}
