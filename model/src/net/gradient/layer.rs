//! The gradient of a hidden layer of a member.

use crate::net::forward::layer::Layer;
use crate::net::forward::matrix_product::{
    LANES, MatrixView, add_product, add_transposed, padded_width,
};
use crate::net::forward::multiply_add::Fused;
use crate::net::forward::ranges::LayerRanges;
use crate::net::forward::simd::dispatch_simd;

/// Accumulates the gradient of a [`Layer`].
#[derive(Debug)]
pub(super) struct LayerGradient {
    /// The layer's transposed weights: outputs by padded inputs.
    transposed_weights: Vec<f32>,
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl LayerGradient {
    pub(super) fn new(layer: &Layer) -> Self {
        let LayerRanges { inputs, outputs, .. } = layer.ranges;
        Self {
            transposed_weights: vec![0.0; outputs * padded_width(inputs)],
            weights: vec![0.0; inputs * layer.width],
            bias: vec![0.0; layer.width],
        }
    }

    /// Prepares for the layer's current weights.
    pub(super) fn reset(&mut self, layer: &Layer) {
        let across = padded_width(layer.ranges.inputs);
        for (i, weights) in layer.weights.chunks_exact(layer.width).enumerate() {
            for (o, weight) in weights[..layer.ranges.outputs].iter().enumerate() {
                self.transposed_weights[o * across + i] = *weight;
            }
        }
        self.weights.fill(0.0);
        self.bias.fill(0.0);
    }

    /// Accumulates the gradient from that of the activations; `flow` is replaced by the gradient
    /// before the activation, whose slope is 1 where its value is not 0.
    pub(super) fn backward(&mut self, x: MatrixView<'_>, out: &[f32], flow: &mut [f32]) {
        dispatch_simd(|| {
            let flow = flow.iter_mut().zip(out);
            flow.for_each(|(flow, &out)| *flow = if out == 0.0 { 0.0 } else { *flow });
        });
        add_rows(flow, &mut self.bias);
        add_transposed(x, flow, &mut self.weights, self.bias.len());
    }

    /// Writes the gradient with respect to the inputs, rows by padded inputs, to `to`.
    pub(super) fn input_gradient(&self, layer: &Layer, flow: &[f32], to: &mut [f32]) {
        to.fill(0.0);
        let width = padded_width(layer.ranges.inputs);
        add_product::<Fused>(layer.outputs(flow), &self.transposed_weights, to, width);
    }

    /// Writes the gradient into that of all weights.
    pub(super) fn write(&self, layer: &Layer, weights: &[f32], gradient: &mut [f32]) {
        let LayerRanges { outputs, weight, input_scale, output_scale, bias, .. } = &layer.ranges;
        gradient[bias.clone()].copy_from_slice(&self.bias[..*outputs]);
        let (r, s) = (&weights[input_scale.clone()], &weights[output_scale.clone()]);
        let rows = weights[weight.clone()].chunks_exact(*outputs).zip(r);
        let flows = self.weights.chunks_exact(layer.width).enumerate();
        for ((shared, r), (i, flow)) in rows.zip(flows) {
            let by_shared = &mut gradient[weight.start + i * outputs..][..*outputs];
            let cells = by_shared.iter_mut().zip(flow.iter().zip(s));
            cells.for_each(|(by, (flow, s))| *by = flow * r * s);
            let by_scale = &mut gradient[output_scale.clone()];
            let cells = by_scale.iter_mut().zip(flow.iter().zip(shared));
            cells.for_each(|(by, (flow, shared))| *by += flow * shared * r);
            gradient[input_scale.start + i] = sum_of_products(flow, shared, s);
        }
    }
}

/// Adds every row of `rows` to `sums`.
pub(super) fn add_rows(rows: &[f32], sums: &mut [f32]) {
    dispatch_simd(|| {
        for row in rows.chunks_exact(sums.len()) {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
    });
}

/// The sum of `a * b * c`, over the shortest of them.
fn sum_of_products(a: &[f32], b: &[f32], c: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    for ((a, b), c) in a.chunks(LANES).zip(b.chunks(LANES)).zip(c.chunks(LANES)) {
        let products = a.iter().zip(b).zip(c).map(|((a, b), c)| a * b * c);
        sums.iter_mut().zip(products).for_each(|(sum, product)| *sum += product);
    }
    sums.iter().sum()
}
