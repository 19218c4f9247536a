//! A member's hidden layer, with its weights multiplied out.

use super::places::{LayerPlaces, own};
use super::tile::{LANES, Matrix, add_product, add_transposed, padded};
use super::vectors::on_vectors;

/// A rectified linear layer; see [`tabm`](crate::tabm) for how members share its weights.
#[derive(Debug)]
pub(super) struct Layer {
    places: LayerPlaces,
    member: usize,
    /// Outputs with padding, whose weights and biases are zero.
    pub(super) width: usize,
    /// Inputs by width.
    weights: Vec<f32>,
    /// Outputs by padded inputs: the same turned.
    turned: Vec<f32>,
    bias: Vec<f32>,
    by_weights: Vec<f32>,
    by_bias: Vec<f32>,
}

impl Layer {
    pub(super) fn new(places: LayerPlaces, member: usize) -> Self {
        let width = padded(places.outputs);
        let weights = vec![0.0; places.inputs * width];
        let turned = vec![0.0; places.outputs * padded(places.inputs)];
        let (by_weights, bias) = (weights.clone(), vec![0.0; width]);
        Self { places, member, width, weights, turned, by_weights, by_bias: bias.clone(), bias }
    }

    pub(super) const fn outputs(&self) -> usize {
        self.places.outputs
    }

    /// Takes over weights, and starts a new gradient.
    pub(super) fn load(&mut self, weights: &[f32]) {
        let LayerPlaces { inputs, outputs, ref weight, .. } = self.places;
        let [input_scale, output_scale, bias] = self.own().map(|place| &weights[place]);
        let rows = weights[weight.clone()].chunks_exact(outputs).zip(input_scale);
        let across = padded(inputs);
        for (i, ((shared, r), own)) in
            rows.zip(self.weights.chunks_exact_mut(self.width)).enumerate()
        {
            let cells = shared.iter().zip(output_scale).zip(own);
            for (o, ((shared, s), own)) in cells.enumerate() {
                *own = shared * r * s;
                self.turned[o * across + i] = *own;
            }
        }
        self.bias[..outputs].copy_from_slice(bias);
        self.by_weights.fill(0.0);
        self.by_bias.fill(0.0);
    }

    /// The activations of some rows, rows by width.
    pub(super) fn forward(&self, x: Matrix<'_>, out: &mut [f32]) {
        out.chunks_exact_mut(self.width).for_each(|row| row.copy_from_slice(&self.bias));
        add_product(x, &self.weights, out, self.width);
        on_vectors(|| out.iter_mut().for_each(|value| *value = value.max(0.0)));
    }

    /// Adds to the gradient what flows back from activations, and leaves in `flow` what passes
    /// their rectifier.
    pub(super) fn backward(&mut self, x: Matrix<'_>, out: &[f32], flow: &mut [f32]) {
        on_vectors(|| {
            let flow = flow.iter_mut().zip(out);
            flow.for_each(|(flow, &out)| *flow = if out > 0.0 { *flow } else { 0.0 });
        });
        add_rows(flow, &mut self.by_bias);
        add_transposed(x, flow, &mut self.by_weights, self.width);
    }

    /// What flows on to the inputs, rows by padded inputs.
    pub(super) fn flow_back(&self, flow: &[f32], to: &mut [f32]) {
        to.fill(0.0);
        let flow = Matrix { values: flow, stride: self.width, columns: self.places.outputs };
        add_product(flow, &self.turned, to, padded(self.places.inputs));
    }

    /// Adds the gradient to that of all weights.
    pub(super) fn unload(&self, weights: &[f32], gradient: &mut [f32]) {
        let LayerPlaces { outputs, ref weight, .. } = self.places;
        let [input_scale, output_scale, bias] = self.own();
        gradient[bias].copy_from_slice(&self.by_bias[..outputs]);
        let (r, s) = (&weights[input_scale.clone()], &weights[output_scale.clone()]);
        let rows = weights[weight.clone()].chunks_exact(outputs).zip(r);
        let flows = self.by_weights.chunks_exact(self.width).enumerate();
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

    /// The member's scales of inputs and outputs, and its bias.
    fn own(&self) -> [std::ops::Range<usize>; 3] {
        let LayerPlaces { inputs, outputs, input_scale, output_scale, bias, .. } = &self.places;
        [
            own(input_scale, self.member, *inputs),
            own(output_scale, self.member, *outputs),
            own(bias, self.member, *outputs),
        ]
    }
}

/// Adds every row of `rows` to `sums`.
pub(super) fn add_rows(rows: &[f32], sums: &mut [f32]) {
    on_vectors(|| {
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
