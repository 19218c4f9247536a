//! The inputs of a block of rows.

use super::matrix_product::{MatrixView, padded_width};
use crate::input::grid::INTERVALS;

/// Intervals with their padding.
pub(crate) const PADDED_INTERVALS: usize = padded_width(INTERVALS);

/// The inputs of a block of rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowBlock<'a> {
    pub(crate) rows: usize,
    /// Rows by inputs.
    pub(crate) scaled: MatrixView<'a>,
    /// The anchor's log odds, rows by padded intervals.
    pub(crate) anchor: &'a [f32],
}
