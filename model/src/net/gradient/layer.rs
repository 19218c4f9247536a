//! A hidden layer of a member, with its effective weights.

use super::matrix_product::{LANES, MatrixView, add_product, add_transposed, padded_width};
use super::ranges::{LayerRanges, member_range};
use super::simd::dispatch_simd;

/// A linear layer with ReLU; [`plimsoll_tabm`] documents how members share weights.
#[derive(Debug)]
pub(super) struct Layer {
    ranges: LayerRanges,
    member: usize,
    /// Padded number of outputs; weights and biases of the padding are zero.
    pub(super) width: usize,
    /// Inputs by width.
    weights: Vec<f32>,
    /// The transposed weights: outputs by padded inputs.
    transposed_weights: Vec<f32>,
    bias: Vec<f32>,
    weight_gradient: Vec<f32>,
    bias_gradient: Vec<f32>,
}

impl Layer {
    pub(super) fn new(ranges: LayerRanges, member: usize) -> Self {
        let width = padded_width(ranges.outputs);
        let weights = vec![0.0; ranges.inputs * width];
        let transposed_weights = vec![0.0; ranges.outputs * padded_width(ranges.inputs)];
        let (weight_gradient, bias) = (weights.clone(), vec![0.0; width]);
        Self {
            ranges,
            member,
            width,
            weights,
            transposed_weights,
            weight_gradient,
            bias_gradient: bias.clone(),
            bias,
        }
    }

    pub(super) const fn outputs(&self) -> usize {
        self.ranges.outputs
    }

    /// Loads weights, and resets the gradient.
    pub(super) fn load_weights(&mut self, weights: &[f32]) {
        let LayerRanges { inputs, outputs, ref weight, .. } = self.ranges;
        let [input_scale, output_scale, bias] = self.member_ranges().map(|range| &weights[range]);
        let rows = weights[weight.clone()].chunks_exact(outputs).zip(input_scale);
        let across = padded_width(inputs);
        for (i, ((shared, r), weight)) in
            rows.zip(self.weights.chunks_exact_mut(self.width)).enumerate()
        {
            let cells = shared.iter().zip(output_scale).zip(weight);
            for (o, ((shared, s), weight)) in cells.enumerate() {
                *weight = shared * r * s;
                self.transposed_weights[o * across + i] = *weight;
            }
        }
        self.bias[..outputs].copy_from_slice(bias);
        self.weight_gradient.fill(0.0);
        self.bias_gradient.fill(0.0);
    }

    /// Computes the activations of a block: rows by width.
    pub(super) fn forward(&self, x: MatrixView<'_>, out: &mut [f32]) {
        out.chunks_exact_mut(self.width).for_each(|row| row.copy_from_slice(&self.bias));
        add_product(x, &self.weights, out, self.width);
        dispatch_simd(|| out.iter_mut().for_each(|value| *value = value.max(0.0)));
    }

    /// Accumulates the gradient from that of the activations; `flow` is replaced by the gradient
    /// before the ReLU.
    pub(super) fn backward(&mut self, x: MatrixView<'_>, out: &[f32], flow: &mut [f32]) {
        dispatch_simd(|| {
            let flow = flow.iter_mut().zip(out);
            flow.for_each(|(flow, &out)| *flow = if out > 0.0 { *flow } else { 0.0 });
        });
        add_rows(flow, &mut self.bias_gradient);
        add_transposed(x, flow, &mut self.weight_gradient, self.width);
    }

    /// Writes the gradient with respect to the inputs, rows by padded inputs, to `to`.
    pub(super) fn input_gradient(&self, flow: &[f32], to: &mut [f32]) {
        to.fill(0.0);
        let flow = MatrixView { values: flow, stride: self.width, columns: self.ranges.outputs };
        add_product(flow, &self.transposed_weights, to, padded_width(self.ranges.inputs));
    }

    /// Writes the gradient into that of all weights.
    pub(super) fn write_gradient(&self, weights: &[f32], gradient: &mut [f32]) {
        let LayerRanges { outputs, ref weight, .. } = self.ranges;
        let [input_scale, output_scale, bias] = self.member_ranges();
        gradient[bias].copy_from_slice(&self.bias_gradient[..outputs]);
        let (r, s) = (&weights[input_scale.clone()], &weights[output_scale.clone()]);
        let rows = weights[weight.clone()].chunks_exact(outputs).zip(r);
        let flows = self.weight_gradient.chunks_exact(self.width).enumerate();
        for ((shared, r), (i, flow)) in rows.zip(flows) {
            let by_shared = &mut gradient[weight.start + i * outputs..][..outputs];
            let cells = by_shared.iter_mut().zip(flow.iter().zip(s));
            cells.for_each(|(by, (flow, s))| *by = flow * r * s);
            let by_scale = &mut gradient[output_scale.clone()];
            let cells = by_scale.iter_mut().zip(flow.iter().zip(shared));
            cells.for_each(|(by, (flow, shared))| *by += flow * shared * r);
            gradient[input_scale.start + i] = sum_of_products(flow, shared, s);
        }
    }

    /// The ranges of the member's input scales, output scales and biases.
    fn member_ranges(&self) -> [std::ops::Range<usize>; 3] {
        let LayerRanges { inputs, outputs, input_scale, output_scale, bias, .. } = &self.ranges;
        [
            member_range(input_scale, self.member, *inputs),
            member_range(output_scale, self.member, *outputs),
            member_range(bias, self.member, *outputs),
        ]
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
