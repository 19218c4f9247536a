//! The output layer of a member: from the last hidden layer to the log odds of one cause.

use super::layer::add_rows;
use super::matrix_product::{MatrixView, add_product, add_transposed, padded_width};
use super::ranges::{HeadRanges, member_range};
use crate::input::grid::INTERVALS;
use crate::net::config::{BASIS_COUNT, basis_values};

/// Intervals with their padding.
pub(super) const PADDED_INTERVALS: usize = padded_width(INTERVALS);

/// A linear layer: the heads times the basis functions of time, so that outputs are intervals.
#[derive(Debug)]
pub(super) struct Head {
    ranges: HeadRanges,
    member: usize,
    basis: [[f32; INTERVALS]; BASIS_COUNT],
    /// Inputs by padded intervals.
    weights: Vec<f32>,
    /// The transposed weights: intervals by padded inputs.
    transposed_weights: Vec<f32>,
    intercepts: [f32; PADDED_INTERVALS],
    anchor_slopes: [f32; PADDED_INTERVALS],
    weight_gradient: Vec<f32>,
    intercept_gradient: [f32; PADDED_INTERVALS],
    slope_gradient: [f32; PADDED_INTERVALS],
}

impl Head {
    pub(super) fn new(ranges: HeadRanges, member: usize) -> Self {
        let weights = vec![0.0; ranges.inputs * PADDED_INTERVALS];
        let transposed_weights = vec![0.0; INTERVALS * padded_width(ranges.inputs)];
        let (weight_gradient, none) = (weights.clone(), [0.0; PADDED_INTERVALS]);
        let basis = basis_values();
        let (intercepts, anchor_slopes, intercept_gradient, slope_gradient) =
            (none, none, none, none);
        Self {
            ranges,
            member,
            basis,
            weights,
            transposed_weights,
            intercepts,
            anchor_slopes,
            weight_gradient,
            intercept_gradient,
            slope_gradient,
        }
    }

    /// Loads weights, and resets the gradient.
    pub(super) fn load_weights(&mut self, weights: &[f32]) {
        let [heads, offsets] = self.member_ranges().map(|range| &weights[range]);
        let across = padded_width(self.ranges.inputs);
        for (i, (heads, weight)) in heads
            .chunks_exact(BASIS_COUNT)
            .zip(self.weights.chunks_exact_mut(PADDED_INTERVALS))
            .enumerate()
        {
            for (k, weight) in weight[..INTERVALS].iter_mut().enumerate() {
                *weight = heads.iter().zip(&self.basis).map(|(head, basis)| head * basis[k]).sum();
                self.transposed_weights[k * across + i] = *weight;
            }
        }
        let levels = &weights[self.ranges.intercepts.clone()];
        for (k, (weight, level)) in self.intercepts.iter_mut().zip(levels).enumerate() {
            let offset: f32 = offsets.iter().zip(&self.basis).map(|(o, basis)| o * basis[k]).sum();
            *weight = level + offset;
        }
        if let Some(slopes) = self.ranges.anchor_slopes.clone() {
            self.anchor_slopes[..INTERVALS].copy_from_slice(&weights[slopes]);
        }
        self.weight_gradient.fill(0.0);
        (self.intercept_gradient, self.slope_gradient) =
            ([0.0; PADDED_INTERVALS], [0.0; PADDED_INTERVALS]);
    }

    /// Computes the log odds of a block: rows by padded intervals.
    pub(super) fn forward(&self, x: MatrixView<'_>, anchor: &[f32], out: &mut [f32]) {
        let rows = out
            .as_chunks_mut::<PADDED_INTERVALS>()
            .0
            .iter_mut()
            .zip(anchor.as_chunks::<PADDED_INTERVALS>().0);
        for (out, anchor) in rows {
            *out = std::array::from_fn(|k| self.intercepts[k] + self.anchor_slopes[k] * anchor[k]);
        }
        add_product(x, &self.weights, out, PADDED_INTERVALS);
    }

    /// Accumulates the gradient from that of the log odds, and writes the gradient with respect to
    /// the inputs, rows by padded inputs, to `to`.
    pub(super) fn backward(
        &mut self,
        x: MatrixView<'_>,
        anchor: &[f32],
        flow: &[f32],
        to: &mut [f32],
    ) {
        add_rows(flow, &mut self.intercept_gradient);
        if self.ranges.anchor_slopes.is_some() {
            for (flow, anchor) in flow
                .as_chunks::<PADDED_INTERVALS>()
                .0
                .iter()
                .zip(anchor.as_chunks::<PADDED_INTERVALS>().0)
            {
                let cells = self.slope_gradient.iter_mut().zip(flow.iter().zip(anchor));
                cells.for_each(|(by, (flow, anchor))| *by += flow * anchor);
            }
        }
        add_transposed(x, flow, &mut self.weight_gradient, PADDED_INTERVALS);
        to.fill(0.0);
        let flow = MatrixView { values: flow, stride: PADDED_INTERVALS, columns: INTERVALS };
        add_product(flow, &self.transposed_weights, to, padded_width(self.ranges.inputs));
    }

    /// Writes the gradient into that of all weights.
    pub(super) fn write_gradient(&self, gradient: &mut [f32]) {
        let [heads, offsets] = self.member_ranges();
        let along = |flow: &[f32], j: usize| -> f32 {
            flow.iter().zip(&self.basis[j]).map(|(flow, basis)| flow * basis).sum()
        };
        let rows = gradient[heads].chunks_exact_mut(BASIS_COUNT);
        for (by, flow) in rows.zip(self.weight_gradient.chunks_exact(PADDED_INTERVALS)) {
            by.iter_mut().enumerate().for_each(|(j, by)| *by = along(flow, j));
        }
        let offsets = gradient[offsets].iter_mut().enumerate();
        offsets.for_each(|(j, by)| *by = along(&self.intercept_gradient, j));
        gradient[self.ranges.intercepts.clone()]
            .copy_from_slice(&self.intercept_gradient[..INTERVALS]);
        if let Some(slopes) = self.ranges.anchor_slopes.clone() {
            gradient[slopes].copy_from_slice(&self.slope_gradient[..INTERVALS]);
        }
    }

    /// The ranges of the member's heads and offsets.
    fn member_ranges(&self) -> [std::ops::Range<usize>; 2] {
        let HeadRanges { inputs, heads, offsets, .. } = &self.ranges;
        [
            member_range(heads, self.member, inputs * BASIS_COUNT),
            member_range(offsets, self.member, BASIS_COUNT),
        ]
    }
}
