//! The hidden layers of one cause of a member.

use super::layer::Layer;
use super::matrix_product::MatrixView;
use super::multiply_add::MultiplyAdd;
use super::ranges::CauseRanges;
use super::row_block::RowBlock;
use crate::net::config::LAYERS;

/// Hidden layers, one after the other.
#[derive(Debug, Clone)]
pub(crate) struct HiddenLayers {
    pub(crate) layers: [Layer; LAYERS],
}

/// Each layer's activations for a block of rows, rows by width.
pub(crate) type Activations = [Vec<f32>; LAYERS];

impl HiddenLayers {
    pub(crate) fn new(ranges: &CauseRanges) -> Self {
        Self { layers: ranges.layers.clone().map(Layer::new) }
    }

    pub(crate) fn load_weights(&mut self, weights: &[f32]) {
        self.layers.iter_mut().for_each(|layer| layer.load_weights(weights));
    }

    /// Buffers for blocks of at most `rows` rows.
    pub(crate) fn activations(&self, rows: usize) -> Activations {
        self.layers.each_ref().map(|layer| vec![0.0; rows * layer.width])
    }

    /// The inputs of a block that these layers use.
    pub(crate) fn inputs<'a>(&self, block: &RowBlock<'a>) -> MatrixView<'a> {
        MatrixView { columns: self.layers[0].ranges.inputs, ..block.scaled }
    }

    /// Computes the activations of a block; returns those of the last layer.
    pub(crate) fn forward<'a, M: MultiplyAdd>(
        &self,
        block: &RowBlock<'_>,
        [once, twice]: &'a mut Activations,
    ) -> MatrixView<'a> {
        let [first, second] = &self.layers;
        first.forward::<M>(self.inputs(block), &mut once[..block.rows * first.width]);
        second.forward::<M>(first.outputs(once), &mut twice[..block.rows * second.width]);
        second.outputs(twice)
    }
}
