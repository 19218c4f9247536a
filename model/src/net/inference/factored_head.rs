//! The output layer of a member in scoring: from the last hidden layer to the log odds of one cause.

use crate::input::grid::INTERVALS;
use crate::net::config::{BASIS_COUNT, basis_values};
use crate::net::forward::anchor_line::AnchorLine;
use crate::net::forward::matrix_product::{MatrixView, add_product, padded_width};
use crate::net::forward::multiply_add::Separate;
use crate::net::forward::ranges::HeadRanges;
use crate::net::forward::row_block::PADDED_INTERVALS;

/// Coefficients of the basis functions with their padding.
pub(super) const PADDED_COEFFICIENTS: usize = padded_width(BASIS_COUNT);

/// Two linear layers: the heads, whose outputs are coefficients of the basis functions of time, and
/// the basis functions.
///
/// Training folds them into one matrix, which is a different order of sums: forecasts of saved
/// models depend on this one.
#[derive(Debug, Clone)]
pub(super) struct FactoredHead {
    /// Inputs by padded coefficients.
    heads: Vec<f32>,
    offsets: [f32; PADDED_COEFFICIENTS],
    /// Coefficients by padded intervals.
    basis: Vec<f32>,
    line: AnchorLine,
}

impl FactoredHead {
    pub(super) fn new(ranges: &HeadRanges, weights: &[f32]) -> Self {
        let padded = |rows: &[f32], columns: usize, width: usize| {
            let mut matrix = vec![0.0; rows.len() / columns * width];
            let rows = rows.chunks_exact(columns).zip(matrix.chunks_exact_mut(width));
            rows.for_each(|(row, padded)| padded[..columns].copy_from_slice(row));
            matrix
        };
        let heads = padded(&weights[ranges.heads.clone()], BASIS_COUNT, PADDED_COEFFICIENTS);
        let mut offsets = [0.0; PADDED_COEFFICIENTS];
        offsets[..BASIS_COUNT].copy_from_slice(&weights[ranges.offsets.clone()]);
        let basis = padded(basis_values().as_flattened(), INTERVALS, PADDED_INTERVALS);
        let mut line = AnchorLine::default();
        line.load_weights(ranges, weights);
        Self { heads, offsets, basis, line }
    }

    /// Computes the log odds of a block, rows by padded intervals; `coefficients` is a buffer, rows
    /// by padded coefficients.
    pub(super) fn forward(
        &self,
        x: MatrixView<'_>,
        anchor: &[f32],
        coefficients: &mut [f32],
        out: &mut [f32],
    ) {
        coefficients.as_chunks_mut().0.fill(self.offsets);
        add_product::<Separate>(x, &self.heads, coefficients, PADDED_COEFFICIENTS);
        let coefficients =
            MatrixView { values: coefficients, stride: PADDED_COEFFICIENTS, columns: BASIS_COUNT };
        out.fill(0.0);
        add_product::<Separate>(coefficients, &self.basis, out, PADDED_INTERVALS);
        let rows = out.as_chunks_mut::<PADDED_INTERVALS>().0.iter_mut();
        for (out, anchor) in rows.zip(anchor.as_chunks().0) {
            let line = self.line.values(anchor);
            out.iter_mut().zip(line).for_each(|(correction, line)| *correction += line);
        }
    }
}
