//! Training rows of a node that have nothing in common.

use crate::bins::BinnedColumn;
use crate::grow::NodeRows;
use crate::histogram::{GradientSums, Histogram};

/// Rows of a node; both children reuse its memory.
pub(crate) struct PlainRows<'a, 'r> {
    pub(crate) columns: &'a [BinnedColumn],
    pub(crate) derivatives: &'a [[f32; 2]],
    pub(crate) rows: &'r mut [u32],
}

impl NodeRows for PlainRows<'_, '_> {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn sums(&self) -> GradientSums {
        let mut sums = GradientSums::default();
        self.rows.iter().for_each(|&row| sums.add(self.derivatives[row as usize]));
        sums
    }

    fn histogram(&self, used: &[usize]) -> Histogram {
        Histogram::new(self.columns, used, self.rows, self.derivatives)
    }

    fn split(self, input: usize, cut: usize, unknown_right: bool) -> [Self; 2] {
        let Self { columns, derivatives, rows } = self;
        let column = &columns[input];
        let goes_right = |row: u32| column.goes_right(row as usize, cut, unknown_right);
        let (left, right): (Vec<u32>, Vec<u32>) = rows.iter().partition(|&&row| !goes_right(row));
        let middle = left.len();
        rows[..middle].copy_from_slice(&left);
        rows[middle..].copy_from_slice(&right);
        let (left, right) = rows.split_at_mut(middle);
        [left, right].map(|rows| Self { columns, derivatives, rows })
    }
}
