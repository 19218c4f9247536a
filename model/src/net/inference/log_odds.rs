//! Members' log odds for a block of rows.

use crate::input::grid::INTERVALS;
use crate::net::forward::row_block::PADDED_INTERVALS;

/// Log odds of liquidation and of closing: members by causes by rows by padded intervals.
#[derive(Debug)]
pub(crate) struct MemberLogOdds {
    rows: usize,
    values: Vec<f32>,
}

impl MemberLogOdds {
    pub(super) fn zeros(members: usize, rows: usize) -> Self {
        Self { rows, values: vec![0.0; members * 2 * rows * PADDED_INTERVALS] }
    }

    /// Each cause of each member: rows by padded intervals.
    pub(super) fn causes_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.values.chunks_exact_mut(self.rows * PADDED_INTERVALS)
    }

    /// Each member's log odds of liquidation and of closing for a row, by interval.
    pub(crate) fn row(&self, row: usize) -> impl Iterator<Item = [&[f32]; 2]> {
        let cause = self.rows * PADDED_INTERVALS;
        self.values.chunks_exact(2 * cause).map(move |member| {
            [&member[..cause], &member[cause..]]
                .map(|values| &values[row * PADDED_INTERVALS..][..INTERVALS])
        })
    }
}
