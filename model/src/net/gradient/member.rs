//! The gradient of one ensemble member, for both causes, over all rows of a step.

use super::batch::{Batch, RowBlock};
use super::head::{Head, PADDED_INTERVALS};
use super::layer::Layer;
use super::loss_kernel::replace_with_gradients;
use super::matrix_product::{MatrixView, padded_width};
use super::ranges::{CauseRanges, LAYERS};

/// Rows that are processed together, so that all their data stays in the cache.
const BLOCK_ROWS: usize = 64;

/// The buffers and the gradient of one member.
#[derive(Debug)]
pub(super) struct MemberGradient {
    liquidated: CauseNet,
    closed: CauseNet,
    /// With respect to all weights; zero for the weights of other members.
    pub(super) gradient: Vec<f32>,
    /// Sum over all rows.
    pub(super) loss: f64,
}

impl MemberGradient {
    pub(super) fn new(
        [liquidated, closed]: &[CauseRanges; 2],
        member: usize,
        weights: usize,
    ) -> Self {
        Self {
            liquidated: CauseNet::new(liquidated, member),
            closed: CauseNet::new(closed, member),
            gradient: vec![0.0; weights],
            loss: 0.0,
        }
    }

    /// Computes loss and gradient, each cell's gradient times `share`.
    pub(super) fn compute(&mut self, weights: &[f32], batch: &Batch, share: f32) {
        self.loss = 0.0;
        self.liquidated.load_weights(weights);
        self.closed.load_weights(weights);
        for block in batch.blocks(BLOCK_ROWS) {
            let liquidated = self.liquidated.forward(&block);
            let closed = self.closed.forward(&block);
            self.loss += replace_with_gradients(liquidated, closed, block.targets, share);
            self.liquidated.backward(&block);
            self.closed.backward(&block);
        }
        self.gradient.fill(0.0);
        self.liquidated.write_gradient(weights, &mut self.gradient);
        self.closed.write_gradient(weights, &mut self.gradient);
    }
}

/// The perceptron of one cause, and its activations for a block of rows.
#[derive(Debug)]
struct CauseNet {
    inputs: usize,
    layers: [Layer; LAYERS],
    head: Head,
    /// Each layer's activations, rows by width.
    hidden: [Vec<f32>; LAYERS],
    /// Log odds, then their gradients; rows by padded intervals.
    log_odds: Vec<f32>,
    /// Gradients with respect to each layer's activations.
    activation_gradients: [Vec<f32>; LAYERS],
}

impl CauseNet {
    fn new(ranges: &CauseRanges, member: usize) -> Self {
        let hidden =
            || ranges.layers.each_ref().map(|l| vec![0.0; BLOCK_ROWS * padded_width(l.outputs)]);
        Self {
            inputs: ranges.layers[0].inputs,
            layers: ranges.layers.clone().map(|ranges| Layer::new(ranges, member)),
            head: Head::new(ranges.head.clone(), member),
            hidden: hidden(),
            log_odds: vec![0.0; BLOCK_ROWS * PADDED_INTERVALS],
            activation_gradients: hidden(),
        }
    }

    fn load_weights(&mut self, weights: &[f32]) {
        self.layers.iter_mut().for_each(|layer| layer.load_weights(weights));
        self.head.load_weights(weights);
    }

    /// Computes the log odds.
    fn forward(&mut self, block: &RowBlock<'_>) -> &mut [f32] {
        let x = MatrixView { columns: self.inputs, ..block.scaled };
        let [first, second] = &self.layers;
        let [once, twice] = &mut self.hidden;
        let odds = &mut self.log_odds[..block.rows * PADDED_INTERVALS];
        first.forward(x, &mut once[..block.rows * first.width]);
        second.forward(activations(once, first), &mut twice[..block.rows * second.width]);
        self.head.forward(activations(twice, second), block.anchor, odds);
        odds
    }

    /// Accumulates the gradient from that of the log odds.
    fn backward(&mut self, block: &RowBlock<'_>) {
        let x = MatrixView { columns: self.inputs, ..block.scaled };
        let [first, second] = &mut self.layers;
        let [once, twice] = &self.hidden;
        let [to_once, to_twice] = &mut self.activation_gradients;
        let to_once = &mut to_once[..block.rows * first.width];
        let to_twice = &mut to_twice[..block.rows * second.width];
        let odds = &self.log_odds[..block.rows * PADDED_INTERVALS];
        self.head.backward(activations(twice, second), block.anchor, odds, to_twice);
        second.backward(activations(once, first), twice, to_twice);
        second.input_gradient(to_twice, to_once);
        first.backward(x, once, to_once);
    }

    fn write_gradient(&self, weights: &[f32], gradient: &mut [f32]) {
        self.layers.iter().for_each(|layer| layer.write_gradient(weights, gradient));
        self.head.write_gradient(gradient);
    }
}

/// The activations of a layer, without padding.
fn activations<'a>(values: &'a [f32], layer: &Layer) -> MatrixView<'a> {
    MatrixView { values, stride: layer.width, columns: layer.outputs() }
}
