//! The gradient of the likelihood over the rows of a step, on the CPU.
//!
//! A tensor graph passes over memory once per operation, and each operation is so small that
//! allocating its tensor costs as much as computing it. Here each member processes a block of rows
//! forward and backward while they are in the cache. Members are independent, so each is one task,
//! and sums do not depend on the number of threads. Tests compare the gradient with that of
//! candle's graph.

mod batch;
mod exponential;
mod head;
mod layer;
mod loss_kernel;
mod member;

use candle_core::Result;
use rayon::prelude::*;

use super::config::NetConfig;
use crate::input::dataset::Dataset;
use crate::net::forward::ranges::CauseRanges;
use batch::Batch;
use member::MemberGradient;
use plimsoll_tabm::FlatParameters;

/// Computes loss and gradient of a step, with reusable buffers.
#[derive(Debug)]
pub(crate) struct CpuGradient {
    members: Vec<MemberGradient>,
    batch: Batch,
}

impl CpuGradient {
    /// Allocates the buffers.
    pub(crate) fn new(config: &NetConfig, parameters: &FlatParameters) -> Result<Self> {
        let range = |name: &str| parameters.range(name);
        let member = |member| {
            let ranges = CauseRanges::for_both_causes(config, member, range)?;
            Ok(MemberGradient::new(&ranges, parameters.value_count()))
        };
        let members = (0..config.members).map(member).collect::<Result<_>>()?;
        Ok(Self { members, batch: Batch::default() })
    }

    /// Mean loss of the selected rows over all members, and its gradient with respect to all
    /// weights.
    pub(crate) fn loss_and_gradient(
        &mut self,
        weights: &[f32],
        data: &Dataset,
        rows: &[u32],
    ) -> Result<(f64, Vec<f32>)> {
        self.batch.gather(data, rows)?;
        let count = (self.members.len() * rows.len()) as f64;
        let share = (1.0 / count) as f32;
        let batch = &self.batch;
        self.members.par_iter_mut().for_each(|member| member.compute(weights, batch, share));
        let loss: f64 = self.members.iter().map(|member| member.loss).sum();
        let mut gradient = vec![0.0; weights.len()];
        for member in &self.members {
            gradient.iter_mut().zip(&member.gradient).for_each(|(sum, value)| *sum += value);
        }
        Ok((loss / count, gradient))
    }
}

#[cfg(test)]
mod tests;
