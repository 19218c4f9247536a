//! A linear layer of a member, with its effective weights.

use super::matrix_product::{MatrixView, add_product, padded_width};
use super::multiply_add::MultiplyAdd;
use super::ranges::LayerRanges;
use super::simd::dispatch_simd;

/// A hidden layer; [`plimsoll_tabm`] documents how members share weights.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) ranges: LayerRanges,
    /// Padded number of outputs; weights and biases of the padding are zero.
    pub(crate) width: usize,
    /// Inputs by width.
    pub(crate) weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Layer {
    pub(crate) fn new(ranges: LayerRanges) -> Self {
        let width = padded_width(ranges.outputs);
        let (weights, bias) = (vec![0.0; ranges.inputs * width], vec![0.0; width]);
        Self { ranges, width, weights, bias }
    }

    /// Loads weights: the shared ones times the member's scales.
    pub(crate) fn load_weights(&mut self, weights: &[f32]) {
        let LayerRanges { outputs, weight, input_scale, output_scale, bias, .. } = &self.ranges;
        let [shared, input_scale, output_scale, bias] =
            [weight, input_scale, output_scale, bias].map(|range| &weights[range.clone()]);
        let rows = shared.chunks_exact(*outputs).zip(input_scale);
        for ((shared, r), weight) in rows.zip(self.weights.chunks_exact_mut(self.width)) {
            let cells = shared.iter().zip(output_scale).zip(weight);
            cells.for_each(|((shared, s), weight)| *weight = shared * r * s);
        }
        self.bias[..*outputs].copy_from_slice(bias);
    }

    /// Computes the activations of a block: rows by width.
    pub(crate) fn forward<M: MultiplyAdd>(&self, x: MatrixView<'_>, out: &mut [f32]) {
        out.chunks_exact_mut(self.width).for_each(|row| row.copy_from_slice(&self.bias));
        add_product::<M>(x, &self.weights, out, self.width);
        let convex = self.ranges.convex_outputs;
        if convex == self.ranges.outputs {
            return dispatch_simd(|| out.iter_mut().for_each(|value| *value = value.max(0.0)));
        }
        dispatch_simd(|| {
            for row in out.chunks_exact_mut(self.width) {
                let (above, below) = row.split_at_mut(convex);
                above.iter_mut().for_each(|value| *value = value.max(0.0));
                below.iter_mut().for_each(|value| *value = value.min(0.0));
            }
        });
    }

    /// The layer's activations, without padding.
    pub(crate) const fn outputs<'a>(&self, values: &'a [f32]) -> MatrixView<'a> {
        MatrixView { values, stride: self.width, columns: self.ranges.outputs }
    }
}
