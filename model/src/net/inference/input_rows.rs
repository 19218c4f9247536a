//! The inputs of rows that are scored together.

use crate::net::forward::matrix_product::MatrixView;
use crate::net::forward::row_block::{PADDED_INTERVALS, RowBlock};

/// The inputs of some rows.
#[derive(Debug, Default)]
pub(crate) struct InputRows {
    inputs: usize,
    /// Rows by inputs.
    scaled: Vec<f32>,
    /// Rows by padded intervals.
    anchor: Vec<f32>,
}

impl InputRows {
    /// Adds a row: its scaled inputs and the anchor's log odds.
    pub(crate) fn push(&mut self, scaled: &[f32], anchor: &[f32]) {
        self.inputs = scaled.len();
        self.scaled.extend_from_slice(scaled);
        self.anchor.extend_from_slice(anchor);
        self.anchor.resize(self.anchor.len().next_multiple_of(PADDED_INTERVALS), 0.0);
    }

    pub(super) fn block(&self) -> RowBlock<'_> {
        RowBlock {
            rows: self.anchor.len() / PADDED_INTERVALS,
            scaled: MatrixView { values: &self.scaled, stride: self.inputs, columns: self.inputs },
            anchor: &self.anchor,
        }
    }
}
