//! The gradient of one ensemble member, for both causes, over all rows of a step.

use super::batch::Batch;
use super::head::FoldedHead;
use super::layer::LayerGradient;
use super::loss_kernel::replace_with_gradients;
use crate::net::config::LAYERS;
use crate::net::forward::hidden_layers::{Activations, HiddenLayers};
use crate::net::forward::multiply_add::Fused;
use crate::net::forward::ranges::CauseRanges;
use crate::net::forward::row_block::{PADDED_INTERVALS, RowBlock};

/// Rows that are processed together, so that all their data stays in the cache.
const BLOCK_ROWS: usize = 64;

/// The buffers and the gradient of one member.
#[derive(Debug)]
pub(super) struct MemberGradient {
    liquidated: CauseGradient,
    closed: CauseGradient,
    /// With respect to all weights; zero for the weights of other members.
    pub(super) gradient: Vec<f32>,
    /// Sum over all rows.
    pub(super) loss: f64,
}

impl MemberGradient {
    /// Allocates the buffers; `weights` is the number of all weights.
    pub(super) fn new([liquidated, closed]: &[CauseRanges; 2], weights: usize) -> Self {
        Self {
            liquidated: CauseGradient::new(liquidated),
            closed: CauseGradient::new(closed),
            gradient: vec![0.0; weights],
            loss: 0.0,
        }
    }

    /// Computes loss and gradient, each cell's gradient times `share`.
    pub(super) fn compute(&mut self, weights: &[f32], batch: &Batch, share: f32) {
        self.loss = 0.0;
        self.liquidated.load_weights(weights);
        self.closed.load_weights(weights);
        for (block, targets) in batch.blocks(BLOCK_ROWS) {
            for (cause, targets) in
                [&mut self.liquidated, &mut self.closed].into_iter().zip(targets)
            {
                self.loss += replace_with_gradients(cause.forward(&block), targets, share);
                cause.backward(&block);
            }
        }
        self.gradient.fill(0.0);
        self.liquidated.write_gradient(weights, &mut self.gradient);
        self.closed.write_gradient(weights, &mut self.gradient);
    }
}

/// The net of one cause, its activations for a block of rows, and its gradient.
#[derive(Debug)]
struct CauseGradient {
    hidden: HiddenLayers,
    hidden_gradients: [LayerGradient; LAYERS],
    head: FoldedHead,
    activations: Activations,
    /// Gradients with respect to the activations.
    activation_gradients: Activations,
    /// Log odds, then their gradients; rows by padded intervals.
    log_odds: Vec<f32>,
}

impl CauseGradient {
    fn new(ranges: &CauseRanges) -> Self {
        let hidden = HiddenLayers::new(ranges);
        Self {
            hidden_gradients: hidden.layers.each_ref().map(LayerGradient::new),
            head: FoldedHead::new(ranges.head.clone()),
            activations: hidden.activations(BLOCK_ROWS),
            activation_gradients: hidden.activations(BLOCK_ROWS),
            log_odds: vec![0.0; BLOCK_ROWS * PADDED_INTERVALS],
            hidden,
        }
    }

    /// Loads weights, and resets the gradient.
    fn load_weights(&mut self, weights: &[f32]) {
        self.hidden.load_weights(weights);
        let gradients = self.hidden_gradients.iter_mut().zip(&self.hidden.layers);
        gradients.for_each(|(gradient, layer)| gradient.reset(layer));
        self.head.load_weights(weights);
    }

    /// Computes the log odds.
    fn forward(&mut self, block: &RowBlock<'_>) -> &mut [f32] {
        let last = self.hidden.forward::<Fused>(block, &mut self.activations);
        let odds = &mut self.log_odds[..block.rows * PADDED_INTERVALS];
        self.head.forward(last, block.anchor, odds);
        odds
    }

    /// Accumulates the gradient from that of the log odds.
    fn backward(&mut self, block: &RowBlock<'_>) {
        let [first, second] = &self.hidden.layers;
        let [by_first, by_second] = &mut self.hidden_gradients;
        let [once, twice] = &self.activations;
        let [to_once, to_twice] = &mut self.activation_gradients;
        let to_once = &mut to_once[..block.rows * first.width];
        let to_twice = &mut to_twice[..block.rows * second.width];
        let odds = &self.log_odds[..block.rows * PADDED_INTERVALS];
        self.head.backward(second.outputs(twice), block.anchor, odds, to_twice);
        by_second.backward(first.outputs(once), twice, to_twice);
        by_second.input_gradient(second, to_twice, to_once);
        by_first.backward(self.hidden.inputs(block), once, to_once);
    }

    fn write_gradient(&self, weights: &[f32], gradient: &mut [f32]) {
        let layers = self.hidden_gradients.iter().zip(&self.hidden.layers);
        layers.for_each(|(by, layer)| by.write(layer, weights, gradient));
        self.head.write_gradient(gradient);
    }
}
