//! A member of the ensemble, both causes, on all rows of a step.

use super::batch::{Batch, RowBlock};
use super::cells::replace_with_gradients;
use super::head::{Head, PADDED_INTERVALS};
use super::layer::Layer;
use super::ranges::{CauseRanges, LAYERS};
use super::tile::{MatrixView, padded_width};

/// Rows that are worked off at once, so that all that is known of them stays in the cache.
const BLOCK_ROWS: usize = 64;

/// A member and the gradient of its loss.
#[derive(Debug)]
pub(super) struct MemberGradient {
    liquidated: CauseNet,
    closed: CauseNet,
    /// Of all weights; zero where they are other members'.
    pub(super) gradient: Vec<f32>,
    /// Over all rows.
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

    /// Finds loss and gradient, each cell's gradient times `share`.
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

/// One cause's perceptron, and what it makes of a block of rows.
#[derive(Debug)]
struct CauseNet {
    inputs: usize,
    layers: [Layer; LAYERS],
    head: Head,
    /// Each layer's activations, rows by width.
    hidden: [Vec<f32>; LAYERS],
    /// Log odds, then their gradients; rows by cells.
    log_odds: Vec<f32>,
    /// What flows back to each layer's activations.
    activation_gradients: [Vec<f32>; LAYERS],
}

impl CauseNet {
    fn new(places: &CauseRanges, member: usize) -> Self {
        let hidden =
            || places.layers.each_ref().map(|l| vec![0.0; BLOCK_ROWS * padded_width(l.outputs)]);
        Self {
            inputs: places.layers[0].inputs,
            layers: places.layers.clone().map(|places| Layer::new(places, member)),
            head: Head::new(places.head.clone(), member),
            hidden: hidden(),
            log_odds: vec![0.0; BLOCK_ROWS * PADDED_INTERVALS],
            activation_gradients: hidden(),
        }
    }

    fn load_weights(&mut self, weights: &[f32]) {
        self.layers.iter_mut().for_each(|layer| layer.load_weights(weights));
        self.head.load_weights(weights);
    }

    /// Log odds.
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

    /// Adds up the gradient, from that of log odds.
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

/// What a layer made, without its padding.
fn activations<'a>(values: &'a [f32], layer: &Layer) -> MatrixView<'a> {
    MatrixView { values, stride: layer.width, columns: layer.outputs() }
}
