//! The output layer of a member in training: from the last hidden layer to the log odds of one
//! cause, and its gradient.

use super::layer::add_rows;
use crate::input::grid::INTERVALS;
use crate::net::config::{BASIS_COUNT, basis_values};
use crate::net::forward::anchor_line::AnchorLine;
use crate::net::forward::matrix_product::{MatrixView, add_product, add_transposed, padded_width};
use crate::net::forward::multiply_add::Fused;
use crate::net::forward::ranges::HeadRanges;
use crate::net::forward::row_block::PADDED_INTERVALS;

/// A linear layer: the heads times the basis functions of time, so that outputs are intervals and
/// one product computes them.
#[derive(Debug)]
pub(super) struct FoldedHead {
    ranges: HeadRanges,
    basis: [[f32; INTERVALS]; BASIS_COUNT],
    /// Inputs by padded intervals.
    weights: Vec<f32>,
    /// The transposed weights: intervals by padded inputs.
    transposed_weights: Vec<f32>,
    line: AnchorLine,
    weight_gradient: Vec<f32>,
    intercept_gradient: [f32; PADDED_INTERVALS],
    slope_gradient: [f32; PADDED_INTERVALS],
}

impl FoldedHead {
    pub(super) fn new(ranges: HeadRanges) -> Self {
        let weights = vec![0.0; ranges.inputs * PADDED_INTERVALS];
        Self {
            basis: basis_values(),
            transposed_weights: vec![0.0; INTERVALS * padded_width(ranges.inputs)],
            line: AnchorLine::default(),
            weight_gradient: weights.clone(),
            intercept_gradient: [0.0; PADDED_INTERVALS],
            slope_gradient: [0.0; PADDED_INTERVALS],
            ranges,
            weights,
        }
    }

    /// Loads weights, and resets the gradient.
    pub(super) fn load_weights(&mut self, weights: &[f32]) {
        let HeadRanges { heads, offsets, .. } = &self.ranges;
        let (heads, offsets) = (&weights[heads.clone()], &weights[offsets.clone()]);
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
        self.line.load_weights(&self.ranges, weights);
        for (k, level) in self.line.intercepts[..INTERVALS].iter_mut().enumerate() {
            let offset: f32 = offsets.iter().zip(&self.basis).map(|(o, basis)| o * basis[k]).sum();
            *level += offset;
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
        rows.for_each(|(out, anchor)| *out = self.line.values(anchor));
        add_product::<Fused>(x, &self.weights, out, PADDED_INTERVALS);
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
        add_product::<Fused>(flow, &self.transposed_weights, to, padded_width(self.ranges.inputs));
    }

    /// Writes the gradient into that of all weights.
    pub(super) fn write_gradient(&self, gradient: &mut [f32]) {
        let HeadRanges { heads, offsets, .. } = &self.ranges;
        let along = |flow: &[f32], j: usize| -> f32 {
            flow.iter().zip(&self.basis[j]).map(|(flow, basis)| flow * basis).sum()
        };
        let rows = gradient[heads.clone()].chunks_exact_mut(BASIS_COUNT);
        for (by, flow) in rows.zip(self.weight_gradient.chunks_exact(PADDED_INTERVALS)) {
            by.iter_mut().enumerate().for_each(|(j, by)| *by = along(flow, j));
        }
        let offsets = gradient[offsets.clone()].iter_mut().enumerate();
        offsets.for_each(|(j, by)| *by = along(&self.intercept_gradient, j));
        gradient[self.ranges.intercepts.clone()]
            .copy_from_slice(&self.intercept_gradient[..INTERVALS]);
        if let Some(slopes) = self.ranges.anchor_slopes.clone() {
            gradient[slopes].copy_from_slice(&self.slope_gradient[..INTERVALS]);
        }
    }
}
