//! A member of the ensemble, both causes, on all rows of a step.

use super::batch::{Batch, Block};
use super::cells::to_gradients;
use super::head::{CELLS, Head};
use super::layer::Layer;
use super::places::{CausePlaces, LAYERS};
use super::tile::{Matrix, padded};

/// Rows that are worked off at once, so that all that is known of them stays in the cache.
const BLOCK: usize = 64;

/// A member and the gradient of its loss.
#[derive(Debug)]
pub(super) struct Member {
    liquidated: Cause,
    closed: Cause,
    /// Of all weights; zero where they are other members'.
    pub(super) gradient: Vec<f32>,
    /// Over all rows.
    pub(super) loss: f64,
}

impl Member {
    pub(super) fn new(
        [liquidated, closed]: &[CausePlaces; 2],
        member: usize,
        weights: usize,
    ) -> Self {
        Self {
            liquidated: Cause::new(liquidated, member),
            closed: Cause::new(closed, member),
            gradient: vec![0.0; weights],
            loss: 0.0,
        }
    }

    /// Finds loss and gradient, each cell's gradient times `share`.
    pub(super) fn learn(&mut self, weights: &[f32], batch: &Batch, share: f32) {
        self.loss = 0.0;
        self.liquidated.load(weights);
        self.closed.load(weights);
        for block in batch.blocks(BLOCK) {
            let liquidated = self.liquidated.forward(&block);
            let closed = self.closed.forward(&block);
            self.loss += to_gradients(liquidated, closed, block.seen, share);
            self.liquidated.backward(&block);
            self.closed.backward(&block);
        }
        self.gradient.fill(0.0);
        self.liquidated.unload(weights, &mut self.gradient);
        self.closed.unload(weights, &mut self.gradient);
    }
}

/// One cause's perceptron, and what it makes of a block of rows.
#[derive(Debug)]
struct Cause {
    inputs: usize,
    layers: [Layer; LAYERS],
    head: Head,
    /// Each layer's activations, rows by width.
    hidden: [Vec<f32>; LAYERS],
    /// Log odds, then their gradients; rows by cells.
    odds: Vec<f32>,
    /// What flows back to each layer's activations.
    flows: [Vec<f32>; LAYERS],
}

impl Cause {
    fn new(places: &CausePlaces, member: usize) -> Self {
        let hidden = || places.layers.each_ref().map(|l| vec![0.0; BLOCK * padded(l.outputs)]);
        Self {
            inputs: places.layers[0].inputs,
            layers: places.layers.clone().map(|places| Layer::new(places, member)),
            head: Head::new(places.head.clone(), member),
            hidden: hidden(),
            odds: vec![0.0; BLOCK * CELLS],
            flows: hidden(),
        }
    }

    fn load(&mut self, weights: &[f32]) {
        self.layers.iter_mut().for_each(|layer| layer.load(weights));
        self.head.load(weights);
    }

    /// Log odds.
    fn forward(&mut self, block: &Block<'_>) -> &mut [f32] {
        let x = Matrix { columns: self.inputs, ..block.scaled };
        let [first, second] = &self.layers;
        let [once, twice] = &mut self.hidden;
        let odds = &mut self.odds[..block.rows * CELLS];
        first.forward(x, &mut once[..block.rows * first.width]);
        second.forward(activations(once, first), &mut twice[..block.rows * second.width]);
        self.head.forward(activations(twice, second), block.anchor, odds);
        odds
    }

    /// Adds up the gradient, from that of log odds.
    fn backward(&mut self, block: &Block<'_>) {
        let x = Matrix { columns: self.inputs, ..block.scaled };
        let [first, second] = &mut self.layers;
        let [once, twice] = &self.hidden;
        let [to_once, to_twice] = &mut self.flows;
        let to_once = &mut to_once[..block.rows * first.width];
        let to_twice = &mut to_twice[..block.rows * second.width];
        let odds = &self.odds[..block.rows * CELLS];
        self.head.backward(activations(twice, second), block.anchor, odds, to_twice);
        second.backward(activations(once, first), twice, to_twice);
        second.flow_back(to_twice, to_once);
        first.backward(x, once, to_once);
    }

    fn unload(&self, weights: &[f32], gradient: &mut [f32]) {
        self.layers.iter().for_each(|layer| layer.unload(weights, gradient));
        self.head.unload(gradient);
    }
}

/// What a layer made, without its padding.
fn activations<'a>(values: &'a [f32], layer: &Layer) -> Matrix<'a> {
    Matrix { values, stride: layer.width, columns: layer.outputs() }
}
